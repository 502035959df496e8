//! Python's literals, as they stand in headers of arrays.

use selfreward::instance::npz::Literal;

/// Oracle: Python's `ast.literal_eval`.
#[test]
fn literals_are_those_of_python() {
    let whole = Literal::Whole;
    for (text, expected) in [
        ("(3L, 4l)", Literal::Tuple(vec![whole(3), whole(4)])),
        ("(3,)", Literal::Tuple(vec![whole(3)])),
        ("(3)", whole(3)),
        ("()", Literal::Tuple(vec![])),
        (" [ 1 ,2, ]\n", Literal::List(vec![whole(1), whole(2)])),
        ("u\"a'b\"", Literal::Text("a'b".to_owned())),
        ("{'a':True,}", Literal::Dict(vec![(Literal::Text("a".to_owned()), Literal::Truth(true))])),
        ("{}", Literal::Dict(vec![])),
    ] {
        assert_eq!(Literal::parse(text), Some(expected), "{text}");
    }
    for wrong in ["", "(1 2)", "(,)", "{1}", "{1:}", "'a", "99999999999999999999", "-1", "1 1", "Trueish", "(((1)"] {
        assert_eq!(Literal::parse(wrong), None, "{wrong}");
    }
    assert_eq!(Literal::parse(&"(".repeat(1_000_000)), None, "nesting ends before the stack does");
}
