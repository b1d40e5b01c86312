use jianjia_standard::Lang;
use jiff::civil::date;

use super::{phone::with_zero, *};
use crate::core::refusal::Refuse;

fn refused(change: impl Fn(&mut UnitForm)) -> Vec<(String, &'static str)> {
    let mut form = UnitForm {
        name: "常州某厂工会".to_owned(),
        ..UnitForm::default()
    };
    change(&mut form);
    match read(&form, date(2016, 10, 20)) {
        Ok(_) => Vec::new(),
        Err(Refusal::Fields(fields)) => fields
            .into_iter()
            .map(|(field, refusal)| (field, refusal.key()))
            .collect(),
        Err(other) => vec![(String::new(), other.key())],
    }
}

fn check(change: impl Fn(&mut UnitForm), expect: &[(&str, &'static str)]) {
    let expect: Vec<(String, &str)> = expect
        .iter()
        .map(|(field, key)| ((*field).to_owned(), *key))
        .collect();
    assert_eq!(refused(change), expect);
}

#[test]
fn every_field_that_cannot_be_taken_is_told_at_once() {
    check(|_| {}, &[]);
    check(
        |form| form.name = " 　 ".into(),
        &[("name", "unit/name-missing")],
    );
    check(
        |form| form.name = "甲厂工会、乙厂工会".into(),
        &[("name", "unit/several-unions")],
    );
    check(
        |form| form.name = "工会".into(),
        &[("name", "unit/not-a-unions-name")],
    );
    check(
        |form| form.name = "会".repeat(101),
        &[("name", "unit/too-long")],
    );
    check(
        |form| form.name = "工\u{0}会".into(),
        &[("name", "unit/control-character")],
    );
    check(
        |form| form.workers = "约二百".into(),
        &[("workers", "unit/rough-count")],
    );
    check(
        |form| form.workers = "-3".into(),
        &[("workers", "unit/not-a-count")],
    );
    check(
        |form| form.founded_on = "2016-13-01".into(),
        &[("founded_on", "unit/not-a-day")],
    );
    check(
        |form| form.founded_on = "2016-10-21".into(),
        &[("founded_on", "unit/day-in-future")],
    );
    check(
        |form| form.employer_industry = "造船".into(),
        &[("employer_industry", "unit/not-of-the-list")],
    );
    check(
        |form| form.phone = "打给老王".into(),
        &[("phone", "unit/not-a-phone")],
    );
    check(
        |form| {
            form.workers = "１，２００人".into();
            form.members = "1201".into();
            form.credit_code = "81".into();
        },
        &[
            ("credit_code", "credit-code/length"),
            ("members", "unit/members-above-workers"),
        ],
    );
}

#[test]
fn a_telephone_that_lost_its_zero_is_told() {
    for (typed, meant) in [
        ("51988888888", Some("0519-88888888")),
        ("519-88888888", Some("0519-88888888")),
        ("519 88888888", Some("0519 88888888")),
        ("1088886666", Some("010-88886666")),
        ("2588886666", Some("025-88886666")),
        ("25-88886666-801", Some("025-88886666-801")),
        ("5128886666", Some("0512-8886666")),
        ("051988888888", None),
        ("0519-88888888", None),
        ("(0519)88888888", None),
        ("+86 519 88888888", None),
        ("86681234", None),
        ("8668-1234", None),
        ("13861012345", None),
        ("138-6101-2345", None),
        ("4008208820", None),
        ("400-820-8820", None),
        ("400-8208820", None),
    ] {
        let plain = phone(typed).expect(typed);
        assert_eq!(with_zero(&plain).as_deref(), meant, "{typed}");
    }
    check(
        |form| form.phone = "51988888888".into(),
        &[("phone", "unit/phone-without-zero")],
    );
}

#[test]
fn a_day_before_there_were_unions_is_told_with_the_bounds() {
    for (typed, key) in [
        ("1850-01-01", "unit/day-too-early"),
        ("1899-12-30", "unit/day-too-early"),
        ("1900-01-00", "unit/not-a-day"),
        ("0", "unit/not-a-day"),
        ("1899-12-31", "unit/day-too-early"),
    ] {
        check(
            |form| form.founded_on = typed.into(),
            &[("founded_on", key)],
        );
    }
    check(|form| form.founded_on = "1900-01-01".into(), &[]);
    let early = UnitRefusal::DayTooEarly {
        day: date(1899, 12, 30),
        today: date(2016, 10, 20),
    };
    assert_eq!(
        early.sentence(Lang::Zh),
        "1899-12-30 太早了（像是表格软件把 0 显示成的日期：这一格原来是空的或是 0）。应在 1900-01-01 到今天（2016-10-20）之间，请核对；还不清楚的，这一栏空着。"
    );
}

#[test]
fn a_printed_code_whose_check_digit_is_off_is_kept_with_a_reason() {
    let odd = |reason: &str| UnitForm {
        name: "常州某厂工会".to_owned(),
        employer_credit_code: "914403007084611361".to_owned(),
        code_reason: reason.to_owned(),
        ..UnitForm::default()
    };
    let refused = |reason: &str| match read(&odd(reason), date(2016, 10, 20)) {
        Err(Refusal::Fields(fields)) => fields
            .into_iter()
            .map(|(field, refusal)| (field, refusal.key()))
            .collect(),
        _ => Vec::new(),
    };
    let code = ("employer_credit_code".to_owned(), "credit-code/check-digit");
    assert_eq!(refused(""), std::slice::from_ref(&code));
    let short = ("code_reason".to_owned(), "unit/reason-too-short");
    assert_eq!(refused("是"), [short, code]);
    let details = read(&odd("与营业执照原件核对过"), date(2016, 10, 20)).unwrap();
    assert_eq!(details.code_reason.as_deref(), Some("与营业执照原件核对过"));
    let right = UnitForm {
        employer_credit_code: "91440300708461136T".to_owned(),
        ..odd("与营业执照原件核对过")
    };
    assert_eq!(read(&right, date(2016, 10, 20)).unwrap().code_reason, None);
}

#[test]
fn a_record_comes_back_from_its_form_unchanged() {
    let details = UnitDetails {
        name: "常州某厂工会".to_owned(),
        division: "320402".to_owned(),
        form: Some("joint".to_owned()),
        founded_on: Some(date(2009, 6, 1)),
        employer: Some("enterprise".to_owned()),
        employer_name: Some("常州某厂".to_owned()),
        employer_nature: Some("enterprise".to_owned()),
        employer_economic_type: Some("private".to_owned()),
        employer_industry: Some("C".to_owned()),
        employer_address: Some("延陵路 1 号".to_owned()),
        phone: Some("0519-86681234".to_owned()),
        workers: Some(200),
        members: Some(190),
        credit_code: None,
        employer_credit_code: Some("914403007084611361".to_owned()),
        code_reason: Some("与营业执照原件核对，印的就是这样".to_owned()),
    };
    assert_eq!(read(&of(&details), date(2016, 10, 20)), Ok(details));
}
