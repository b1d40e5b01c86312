//! Windows, reminders and working days.

use jianjia_standard::load;

#[test]
fn a_window_names_the_phases_in_which_it_begins_and_ends() {
    let standard = include_str!("../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../standards/changzhou-2016/facts.toml");
    let told = |decide: &str| -> Vec<String> {
        let usual = "decide = [\"examination\", \"examination\"]";
        assert!(standard.contains(usual));
        match load::texts(&standard.replace(usual, decide), facts) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes
                .iter()
                .map(|mistake| {
                    let mistake = mistake.to_string();
                    mistake.splitn(4, ':').last().unwrap().trim().to_owned()
                })
                .collect(),
        }
    };
    assert_eq!(told("decide = [\"declaration\", \"examination\"]"), [""; 0]);
    let wanted = "`decide` names the phase in which its window begins and the one in which it ends: [\"declaration\", \"examination\"]";
    assert_eq!(
        told("decide = [\"examination\", \"declaration\"]"),
        [wanted]
    );
    assert_eq!(told("decide = [\"examination\"]"), [wanted]);
}

#[test]
fn a_reminder_and_a_year_of_working_days_are_told_what_is_wrong_with_them() {
    let standard = include_str!("../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../standards/changzhou-2016/facts.toml");
    let told = |added: &str| -> Vec<String> {
        match load::texts(&format!("{standard}\n{added}"), facts) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes
                .iter()
                .map(|mistake| {
                    let mistake = mistake.to_string();
                    mistake.splitn(4, ':').last().unwrap().trim().to_owned()
                })
                .collect(),
        }
    };
    let reminder = |phase: &str, before: i64, to: &str| {
        told(&format!(
            "[[reminder]]\nphase = \"{phase}\"\nbefore = {before}\nto = \"{to}\"\n"
        ))
    };
    assert_eq!(reminder("commendation", 60, "unions"), [""; 0]);
    assert_eq!(
        reminder("commendation", 61, "unions"),
        ["`before` is at most 60 working days"]
    );
    assert_eq!(
        reminder("declaration", 10, "unions"),
        ["this reminder stands twice"]
    );
    assert!(reminder("declaration", 1, "union")[0].contains("did you mean `unions`?"));
    let year = |off: &str| {
        told(&format!(
            "[[working_days]]\nyear = 2028\nnotice = \"x\"\noff = [{off}]\nworked = [2028-01-08]\n"
        ))
    };
    assert_eq!(year("2028-01-03"), [""; 0]);
    assert_eq!(
        year("2028-01-01"),
        ["2028-01-01 is a Saturday or Sunday: `off` holds weekdays"]
    );
    assert_eq!(year("2029-01-01"), ["2029-01-01 in `off` is not of 2028"]);
}

#[test]
fn a_standard_s_own_year_of_working_days_replaces_the_national_one() {
    let standard = include_str!("../../../../standards/changzhou-2016/standard.toml");
    let facts = include_str!("../../../../standards/changzhou-2016/facts.toml");
    let day = |text: &str| text.parse().unwrap();
    let national = load::texts(standard, facts).unwrap().working_days;
    assert!(!national.is_working_day(day("2016-10-03")));
    let own = "\n[[working_days]]\nyear = 2016\nnotice = \"own\"\noff = []\nworked = []\n";
    let own = load::texts(&format!("{standard}{own}"), facts)
        .unwrap()
        .working_days;
    assert!(own.is_working_day(day("2016-10-03")));
    assert!(!own.is_working_day(day("2017-10-03")));
}
