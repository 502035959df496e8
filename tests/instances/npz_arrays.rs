//! Arrays beside the features: offset, correct, answer, reward, level. The files are made by `ndarray-npy`.

use std::io::Cursor;
use std::path::Path;

use ndarray::{Array1, Array2, Array3, array};
use selfreward::instance::npz::{Element, NpzFile, NpzWriter};
use selfreward::instance::npz_writer::to_npz;
use selfreward::instance::{Correct, Instance, Parameter};
use selfreward::seed::Seed;

/// Two prompts with 3 and 2 responses, d = 2; what lies in the third row of prompt 1 is padding.
struct File(NpzWriter<Cursor<Vec<u8>>>);

impl File {
    fn new() -> Self {
        let phi = Array3::from_shape_fn((2, 3, 2), |(x, y, j)| if (x, y) == (1, 2) { f64::NAN } else { PHI[x][y][j] });
        Self(NpzWriter::new(Cursor::new(Vec::new()))).with3("phi", &phi).with1("num_responses", &array![3i64, 2])
    }

    fn with1<T: Element>(mut self, name: &str, array: &Array1<T>) -> Self {
        self.0.add_array(name, array).unwrap();
        self
    }

    fn with2<T: Element>(mut self, name: &str, array: &Array2<T>) -> Self {
        self.0.add_array(name, array).unwrap();
        self
    }

    fn with3<T: Element>(mut self, name: &str, array: &Array3<T>) -> Self {
        self.0.add_array(name, array).unwrap();
        self
    }

    fn theta(self) -> Self {
        self.with1("theta0", &array![0.5, -1.0])
    }

    fn read(self, rescale: bool) -> selfreward::Result<Instance> {
        let bytes = self.0.finish().unwrap().into_inner();
        NpzFile::of(Path::new("file.npz"), Box::new(Cursor::new(bytes)), rescale)?.instance(None, &Seed::from_number(1))
    }

    fn refused(self, words: &[&str]) {
        let text = self.read(false).expect_err(&words.join(", ")).to_string();
        for word in words {
            assert!(text.contains(word), "{word:?} is missing from: {text}");
        }
    }
}

const PHI: [[[f64; 2]; 3]; 2] = [[[0.5, 0.0], [0.0, 0.5], [0.25, -0.25]], [[-0.5, 0.125], [0.0, 0.25], [0.0, 0.0]]];
const THETA: [f64; 2] = [0.5, -1.0];

fn offset() -> Array2<f64> {
    array![[1.0, -2.0, 0.5], [0.25, 3.0, f64::NAN]]
}

fn correct() -> Array2<bool> {
    array![[true, false, true], [false, false, true]]
}

/// log π(y|x), as defined: b + ⟨θ, φ⟩ less the logarithm of the sum of exponentials.
fn log_prob(x: usize, y: usize) -> f64 {
    let count = [3, 2][x];
    let logit = |y: usize| offset()[[x, y]] + (0..2).map(|j| THETA[j] * PHI[x][y][j]).sum::<f64>();
    logit(y) - (0..count).map(|y| logit(y).exp()).sum::<f64>().ln()
}

#[test]
fn all_arrays_are_read_and_padding_is_not() {
    let reward = array![[0.0f32, 1.0, 2.0], [3.0, 4.0, f32::INFINITY]];
    let file = File::new().theta().with2("offset", &offset()).with2("correct", &correct()).with2("reward", &reward);
    let instance = file.with1("level", &array![-3i16, 7]).read(false).unwrap();
    let policy = instance.policy(instance.base());
    for (x, y) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)] {
        assert!((policy.log_prob(x, y) - log_prob(x, y as usize)).abs() < 1e-15, "{x} {y}");
        assert_eq!(instance.reward().unwrap().row(x).logit(y), (3 * x) as f64 + f64::from(y));
    }
    let known = instance.correct().unwrap();
    assert_eq!((known.at(0), known.at(1)), (Some(&[0, 2][..]), Some(&[][..])));
    assert_eq!(instance.levels(), Some(&[-3, 7][..]));
    // Oracle for the masses: plain sums of the definition.
    let right = log_prob(0, 0).exp() + log_prob(0, 2).exp();
    let (found, wrong) = known.masses(&policy, 0).unwrap();
    assert!((found - right).abs() < 1e-15 && (wrong - log_prob(0, 1).exp()).abs() < 1e-15);
    assert_eq!(known.masses(&policy, 1).unwrap().0, 0.0);
}

#[test]
fn whole_numbers_stand_for_truth_and_minus_one_for_the_unknown() {
    let of = |marks: Array2<i8>| File::new().theta().with2("correct", &marks).read(false);
    let instance = of(array![[0, 1, 1], [-1, -1, 5]]).unwrap();
    let known = instance.correct().unwrap();
    assert_eq!((known.at(0), known.at(1)), (Some(&[1, 2][..]), None));
    assert!(of(array![[-1, -1, -1], [-1, -1, -1]]).unwrap().correct().is_none());
    for (marks, place) in [
        (array![[0, 2, 1], [0, 0, 0]], "correct[0, 1] = 2"),
        (array![[0, 0, 1], [-1, 0, 0]], "correct[1, 0] = -1"),
        (array![[0, 0, 1], [0, -2, 0]], "correct[1, 1] = -2"),
    ] {
        let text = of(marks).unwrap_err().to_string();
        assert!(text.contains(place) && text.contains("0 or 1"), "{text}");
    }
}

#[test]
fn answer_and_correct_must_agree() {
    let of = |answers: [i64; 2], correct: Array2<bool>| {
        File::new().theta().with1("answer", &answers.to_vec().into()).with2("correct", &correct).read(false)
    };
    let single = || array![[false, true, false], [true, false, true]];
    for answers in [[1, 0], [-1, 0], [1, -1], [-1, -1]] {
        let instance = of(answers, single()).unwrap();
        assert_eq!(instance.correct().unwrap().single(), Some(vec![Some(1), Some(0)]), "{answers:?}");
    }
    for (answers, correct, words) in [
        ([2, 0], single(), ["answer[0] = 2", "1 or -1"]),
        ([1, 1], single(), ["answer[1] = 1", "0 or -1"]),
        ([0, -1], self::correct(), ["answer[0] = 0", "2 correct responses"]),
        ([-1, 0], self::correct(), ["answer[1] = 0", "no correct response"]),
    ] {
        let text = of(answers, correct).unwrap_err().to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    let unknown = array![[0i8, 1, 0], [-1, -1, -1]];
    let file = File::new().theta().with1("answer", &array![1i64, 1]).with2("correct", &unknown);
    file.refused(&["answer[1] = 1", "not known"]);
}

#[test]
fn every_wrong_array_is_refused_by_name() {
    let file = || File::new().theta();
    file().with2("offset", &Array2::<f64>::zeros((2, 2))).refused(&["shape of offset = [2, 2]", "(2, 3)"]);
    file().with1("offset", &array![1.0, 2.0]).refused(&["shape of offset = [2]", "(2, 3)"]);
    file().with2("offset", &Array2::<i32>::zeros((2, 3))).refused(&["\"offset\"", "dtype <i4", "floating-point"]);
    let wrong = |y: usize, value: f64| Array2::from_shape_fn((2, 3), |at| if at == (1, y) { value } else { 0.0 });
    file().with2("offset", &wrong(1, f64::NAN)).refused(&["offset[1, 1] = NaN", "a finite number"]);
    file().with2("reward", &wrong(0, f64::NEG_INFINITY)).refused(&["reward[1, 0] = -inf", "a finite number"]);
    file().with2("reward", &Array2::<f64>::zeros((3, 2))).refused(&["shape of reward = [3, 2]", "(2, 3)"]);
    file().with2("correct", &Array2::<f64>::zeros((2, 3))).refused(&["\"correct\"", "dtype <f8", "boolean"]);
    file().with1("correct", &array![true, false]).refused(&["shape of correct = [2]", "(2, 3)"]);
    file().with1("answer", &array![true, false]).refused(&["\"answer\"", "dtype |b1", "integer"]);
    file().with1("level", &array![1.0, 2.0]).refused(&["\"level\"", "dtype <f8", "integer"]);
    file().with1("level", &array![1i64]).refused(&["shape of level = [1]", "(2)"]);
    file().with1("level", &array![1u64, u64::MAX]).refused(&["level[1] = 18446744073709551615", "2^63"]);
    file().with1("levels", &array![1i64, 2]).refused(&["\"levels\"", "not known", "level"]);
}

#[test]
fn an_offset_stands_for_an_absent_theta() {
    let instance = File::new().with2("offset", &offset()).read(false).unwrap();
    assert_eq!(*instance.base(), Parameter::Dense(array![0.0, 0.0]));
    let policy = instance.policy(instance.base());
    assert!((policy.log_prob(0, 0) - policy.log_prob(0, 1) - 3.0).abs() < 1e-15);
    File::new().refused(&["theta0 = absent", "offset (M, K)"]);
}

#[test]
fn rescaling_leaves_the_policy_as_it_is() {
    let of = |rescale| File::new().theta().with2("offset", &offset()).read(rescale).unwrap();
    let (plain, scaled) = (of(false), of(true));
    assert_eq!(scaled.offset().unwrap().row(1).logit(1), 3.0);
    let norm = |instance: &Instance| instance.base().norm();
    // The largest feature has norm √(0.25 + 1/64).
    assert!((norm(&scaled) / norm(&plain) - (0.25f64 + 1.0 / 64.0).sqrt()).abs() < 1e-15);
    for (x, y) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)] {
        let of = |instance: &Instance| instance.policy(instance.base()).log_prob(x, y);
        assert!((of(&plain) - of(&scaled)).abs() < 1e-15, "{x} {y}");
    }
}

/// Oracle: the instance that was written.
#[test]
fn what_is_written_reads_back() {
    let read = |instance: &Instance| {
        let bytes = to_npz(instance).unwrap();
        let file = NpzFile::of(Path::new("again.npz"), Box::new(Cursor::new(bytes)), false).unwrap();
        file.instance(None, &Seed::from_number(1)).unwrap()
    };
    let plain = || File::new().theta().with2("offset", &offset()).read(false).unwrap();
    let lists = [
        vec![Some(vec![1]), Some(vec![0])],
        vec![Some(vec![1]), None],
        vec![Some(vec![0, 2]), Some(vec![])],
        vec![Some(vec![0, 2]), None],
        vec![Some(vec![]), None],
    ];
    for lists in lists {
        let correct = Correct::new(lists, |x| [3, 2][x]).unwrap();
        let reward = plain().offset().unwrap().map(|b| 2.0 * b - 1.0);
        let instance = plain().with_correct(correct.clone()).unwrap().with_reward(reward.clone()).unwrap();
        let instance = instance.with_levels(vec![4, -1]).unwrap();
        let again = read(&instance);
        assert_eq!(again.correct(), Some(&correct));
        assert_eq!(again.levels(), Some(&[4, -1][..]));
        for (x, y) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)] {
            assert_eq!(again.reward().unwrap().row(x).logit(y), reward.row(x).logit(y));
            assert_eq!(again.offset().unwrap().row(x).logit(y), offset()[[x, y as usize]]);
        }
        assert_eq!(again.base(), instance.base());
    }
    let bare = File::new().theta().read(false).unwrap();
    let again = read(&bare);
    assert!(again.offset().is_none() && again.correct().is_none() && again.reward().is_none());
    assert!(again.levels().is_none());
}
