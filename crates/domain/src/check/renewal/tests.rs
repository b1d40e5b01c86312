use jianjia_standard::Standard;

use super::*;

fn standard() -> Standard {
    let facts = include_str!("../../../../../standards/changzhou-2016/facts.toml");
    let standard = include_str!("../../../../../standards/changzhou-2016/standard.toml");
    jianjia_standard::load::texts(standard, facts).unwrap()
}

/// The year in whose list a title stands first that was looked at last in a year.
fn due_in(title: &str, looked_in: i16) -> Option<i16> {
    let standard = standard();
    (looked_in..looked_in + 20).find(|year| {
        let mut due = cycles(&standard, *year).into_iter();
        due.any(|(key, last)| key == title && looked_in <= last)
    })
}

#[test]
fn a_title_is_due_so_many_years_after_the_round_that_it_was_named_in() {
    // Named in the round of 2016, be it in the spring of 2017: the check of 2018.
    assert_eq!(due_in("model-home", 2016), Some(2018));
    // Renewed, or found as declared, in 2018: the check of 2020.
    assert_eq!(due_in("model-home", 2018), Some(2020));
    assert_eq!(due_in("no-such-title", 2016), None);
}
