use selfreward::experiment::rate_vs_n::EXPERIMENT;

use crate::computed;

#[test]
fn rates_and_the_sudden_zero_are_found_and_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
}
