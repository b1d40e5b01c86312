//! Rates are exact: the shortage is the smallest number that reaches them, and decimals are never lost.

use jianjia_standard::figure::{Quorum, Rate};
use proptest::prelude::*;

#[test]
fn rates_are_written_as_they_are_read() {
    for words in ["85%", "37.5%", "0%", "100%", "33.333333%", "99.05%", "133%"] {
        let rate: Rate = words.parse().unwrap();
        assert_eq!(rate.to_string(), words);
    }
    for words in [
        "85",
        "%",
        ".5%",
        "5.%",
        "-5%",
        "1e2%",
        "0.1234567%",
        "12345678.90%",
        "８５%",
    ] {
        assert!(words.parse::<Rate>().is_err(), "{words}");
    }
}

#[test]
fn a_rate_equal_to_its_figure_reaches_it_and_a_hair_less_does_not() {
    let rate: Rate = "85%".parse().unwrap();
    assert!(rate.reached_by(85, 100) && rate.reached_by(17, 20));
    assert!(!rate.reached_by(849_999_999, 1_000_000_000));
    assert!(rate.reached_by(0, 0));
    assert!(rate.reached_by(u64::MAX, u64::MAX));
    assert!(!rate.reached_by(u64::MAX / 100 * 84, u64::MAX));
}

#[test]
fn more_than_half_is_not_half() {
    let more: Quorum = "more than 1/2".parse().unwrap();
    assert_eq!(
        [(50, 100), (51, 100), (50, 99), (0, 0)].map(|(cast, roll)| more.reached_by(cast, roll)),
        [false, true, true, false]
    );
    assert_eq!([100, 99, 0].map(|roll| more.of(roll)), [51, 50, 1]);
    let least: Quorum = "at least 2/3".parse().unwrap();
    assert_eq!(
        [(66, 100), (67, 100), (2, 3), (0, 0)].map(|(cast, roll)| least.reached_by(cast, roll)),
        [false, true, true, true]
    );
    assert_eq!([100, 3].map(|roll| least.of(roll)), [67, 2]);
    assert!("more than 1/1".parse::<Quorum>().is_err());
}

proptest! {
    #[test]
    fn the_part_that_reaches_a_rate_is_the_smallest(whole in 0u64..5_000_000_000, numerator in 0u64..100_000) {
        let rate = Rate { numerator, denominator: 100_000 };
        let part = rate.of(whole);
        prop_assert!(rate.reached_by(part, whole));
        prop_assert!(part == 0 || !rate.reached_by(part - 1, whole));
        prop_assert!(part <= whole);
    }

    #[test]
    fn the_ballots_that_reach_a_quorum_are_the_smallest(roll in 0u64..5_000_000_000, denominator in 2u64..50, inclusive: bool) {
        let quorum = Quorum { numerator: 1, denominator, inclusive };
        let cast = quorum.of(roll);
        prop_assert!(quorum.reached_by(cast, roll));
        prop_assert!(cast == 0 || !quorum.reached_by(cast - 1, roll));
    }
}
