use selfreward::experiment::sphere::EXPERIMENT;

use crate::computed;

#[test]
fn rounds_need_fewer_draws_than_one_shot_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    computed.denies(
        "becomes sure",
        |_, replicate, _, name, value| {
            if name == "min_confidence" && replicate == 0 { 0.5 } else { value }
        },
    );
    computed.denies(
        "sure of y*",
        |_, replicate, _, name, value| {
            if name == "drift" && replicate == 1 { 1.0 } else { value }
        },
    );
    // Rounds that draw as much as one shot, or a base model that has seen y*.
    computed.denies("beside one shot", |_, _, _, name, value| if name == "draws" { 10.0 * value } else { value });
    computed.denies(
        "beside one shot",
        |_, _, t, name, value| {
            if name == "base_probability" && t == 0 { 20.0 * value } else { value }
        },
    );
}
