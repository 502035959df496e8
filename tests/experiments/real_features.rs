use selfreward::experiment::real_features::EXPERIMENT;

use crate::computed;

#[test]
fn sure_elsewhere_and_no_wiser_and_each_of_them_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    computed.denies("surer", |_, _, _, name, value| if name == "failure_0.5" { 0.5 } else { value });
    computed.denies("elsewhere", |_, _, _, name, value| if name == "drift" { 0.1 } else { value });
    computed.denies("no wiser", |_, _, t, name, value| if name == "accuracy" && t > 0 { value + 0.05 } else { value });
}
