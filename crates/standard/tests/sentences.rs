//! What people are told about a judgement: short, true, and in the words of the standard.

use std::collections::BTreeMap;
use std::path::Path;

use jianjia_standard::explain;
use jianjia_standard::fact::FactValue;
use jianjia_standard::judge::{judge, what_if};
use jianjia_standard::judgement::{Reason, Status};
use jianjia_standard::{Lang, Standard, load, subject_line};
use jiff::civil::date;

fn standard(folder: &str) -> Standard {
    load::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap()
}

fn changzhou() -> Standard {
    standard("../../standards/changzhou-2016")
}

/// The sentence about `title/clause` for a subject on 15 October 2016, in both languages.
fn check(standard: &Standard, subject: &str, path: &str, zh: Option<&str>, en: Option<&str>) {
    let subject = subject_line::read(standard, date(2016, 10, 15), subject).unwrap();
    let as_of = date(2016, 10, 15);
    let judgement = judge(standard, &subject, as_of);
    let (title, clause) = path.split_once('/').unwrap();
    let verdict = judgement.verdict(title).unwrap().criterion(clause).unwrap();
    let say = |lang| explain::criterion(standard, &subject, title, verdict, as_of, lang);
    assert_eq!(
        (say(Lang::Zh).as_deref(), say(Lang::En).as_deref()),
        (zh, en),
        "{path}"
    );
}

#[test]
fn a_roll_below_the_members_is_named_in_the_check_and_in_words() {
    let standard = changzhou();
    let named = |members: u64, roll: u64| {
        let line = format!(
            r#"{{"id": "u", "kind": "grassroots", "employer": "enterprise", "facts": {{"workers": 1200, "members": {members}}},
                "rating": {{"roll": {roll}, "satisfied": 79, "basically_satisfied": 1, "dissatisfied": 0, "void": 0}}}}"#
        );
        let subject = subject_line::read(&standard, date(2016, 10, 15), &line).unwrap();
        let judgement = judge(&standard, &subject, date(2016, 10, 15));
        let verdict = judgement.verdict("model-home").unwrap().criterion("M5d");
        let roll = verdict.unwrap().checks[0].roll.clone();
        let say = |lang| explain::roll(&standard, &subject, lang).unwrap_or_default();
        (roll, say(Lang::Zh), say(Lang::En))
    };
    let (roll, zh, en) = named(1000, 80);
    assert_eq!(roll.as_deref(), Some("80/1000"));
    assert_eq!(zh, "应投 80 人，会员 1000 人（= 8 %）");
    assert_eq!(en, "80 may vote of 1000 members (= 8 %)");
    assert_eq!(named(80, 80), (None, String::new(), String::new()));
}

#[test]
fn a_shortage_is_said_in_natural_numbers() {
    let standard = changzhou();
    let union = r#"{"id": "u", "kind": "grassroots", "employer": "enterprise", "founded_on": "2009-06-01",
        "facts": {"workers": 200, "members": 143, "cards_issued": 103, "cards_used": 103, "members_content": true,
                  "lawfully_established": true, "legal_person": false, "last_election_on": "2013-10-14", "term_years": 3},
        "activities": [{"on": "2015-11-01", "kind": "quality"}, {"on": "2016-05-01", "kind": "culture"}, {"on": "2016-08-01", "kind": "culture"}],
        "rating": {"roll": 143, "satisfied": 80, "basically_satisfied": 24, "dissatisfied": 24, "void": 2}}"#;
    check(
        &standard,
        union,
        "qualified-home/Q6",
        Some("还差 12 名会员办卡"),
        Some("Union cards still to issue: 12"),
    );
    check(
        &standard,
        union,
        "qualified-home/Q3",
        Some("还差 1 次活动（2016年第1季度）"),
        Some("Activities still to hold: 1 (Q1 2016)"),
    );
    check(
        &standard,
        union,
        "model-home/M1b",
        Some("再发展 37 名会员"),
        Some("Members still to recruit: 37"),
    );
    check(
        &standard,
        union,
        "model-home/M1a",
        Some("任期已于 2016-10-14 届满；“社团法人资格”还没有做到"),
        Some("The term ended on 2016-10-14; not in place yet: Legal-person status"),
    );
    check(
        &standard,
        union,
        "model-home/M5d",
        Some("满意度 (80 + 24) ÷ 128 = 81.25 %，不到 85%，还差 5 票满意"),
        Some(
            "Satisfaction (80 + 24) ÷ 128 = 81.25 %, less than 85%; satisfied votes still lacking: 5",
        ),
    );
    check(
        &standard,
        union,
        "qualified-home/Q1",
        Some("还没有填：主席依法选举、骨干队伍"),
        Some("Not filled in: Chair elected, Core team"),
    );
    check(
        &standard,
        union,
        "trusted-home/T4",
        Some("还没有填：特色品牌、市级以上先进、市级以上报道推广"),
        Some("Not filled in: Distinctive work, City award, Reported or spread"),
    );
    check(&standard, union, "trusted-home/F1", None, None);
}

#[test]
fn too_few_ballots_are_said_before_any_satisfaction() {
    let union = r#"{"id": "u", "kind": "grassroots", "facts": {},
        "rating": {"roll": 200, "satisfied": 99, "basically_satisfied": 0, "dissatisfied": 0, "void": 1}}"#;
    check(
        &changzhou(),
        union,
        "model-home/M5d",
        Some("参评票数不够，还差 1 票才作数"),
        Some("Too few ballots: 1 more before the rating counts"),
    );
}

#[test]
fn a_federation_is_told_how_many_model_homes_are_lacking() {
    let union = r#"{"id": "u", "kind": "township", "facts": {"station_stars": 3}, "subordinates": {"unions": 41, "model": 12}}"#;
    check(
        &changzhou(),
        union,
        "trusted-home/F1",
        Some("还差 1 家下属工会建成模范职工之家"),
        Some("Unions below still to hold the title Model home: 1"),
    );
    check(
        &changzhou(),
        union,
        "trusted-home/F2",
        Some("帮扶站还差 2 星"),
        Some("Stars the help station still lacks: 2"),
    );
}

#[test]
fn an_unknown_employer_is_asked_for() {
    let union = r#"{"id": "u", "kind": "grassroots", "facts": {}}"#;
    check(
        &changzhou(),
        union,
        "model-home/M1d",
        Some("还没有填：单位性质"),
        Some("Not filled in: nature of the employer"),
    );
}

#[test]
fn one_way_of_several_is_offered() {
    let room = r#"{"id": "u", "kind": "village", "facts": {"keeper": true, "books": 300, "heated": false, "has_garden": false, "readers": 9, "borrowers": 1}}"#;
    let rooms = standard("tests/standards/reading-rooms");
    check(
        &rooms,
        room,
        "open-room/A",
        Some("暖气、花园和星级，做到一项即可；还没有填：星级"),
        Some("One of these is enough: Heating, Garden and Stars; not filled in: Stars"),
    );
    check(
        &rooms,
        room,
        "open-room/B1",
        Some("再请 2 人借书"),
        Some("Get 2 more people to borrow"),
    );
}

#[test]
fn reasons_are_sentences() {
    let standard = changzhou();
    let say = |words: &str| {
        let reason: Reason = words.parse().unwrap();
        (
            explain::reason(&standard, &reason, Lang::Zh),
            explain::reason(&standard, &reason, Lang::En),
        )
    };
    let found = [
        "veto:V1",
        "needs:model-home",
        "criteria:M1b",
        "union-title:trusted-home",
    ]
    .map(say);
    let expected = [
        (
            "本年度有“拖欠工资”的情形（V1），不得申报",
            "Barred for this year: Wages owed (V1)",
        ),
        (
            "还没有模范职工之家称号",
            "The title Model home is not held yet",
        ),
        (
            "入会率90%（M1b）还没有达到",
            "Membership 90 % (M1b) is not met yet",
        ),
        (
            "所在工会还没有信赖职工之家称号",
            "The person's union does not hold the title Trusted home yet",
        ),
    ]
    .map(|(zh, en)| (zh.to_owned(), en.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn a_percentage_is_cut_off_and_never_rounded_up() {
    let check = |part, whole, expected: Option<&str>| {
        assert_eq!(
            explain::percentage(part, whole).as_deref(),
            expected,
            "{part}/{whole}"
        );
    };
    check(150, 160, Some("= 93.75 %"));
    check(1, 2, Some("= 50 %"));
    check(7, 8, Some("= 87.5 %"));
    check(84_999_999, 100_000_000, Some("≈ 84.99 %"));
    check(2, 3, Some("≈ 66.66 %"));
    check(0, 0, None);
}

#[test]
fn what_if_judges_changed_answers_and_leaves_the_subject_alone() {
    let standard = changzhou();
    let line = r#"{"id": "u", "kind": "grassroots", "facts": {"workers": 200, "members": 179}}"#;
    let subject = subject_line::read(&standard, date(2016, 10, 15), line).unwrap();
    let as_of = date(2016, 10, 15);
    let status = |judgement: jianjia_standard::judgement::Judgement| {
        judgement
            .verdict("model-home")
            .unwrap()
            .criterion("M1b")
            .unwrap()
            .status
    };
    let with = |key: &str, value| {
        let changes = BTreeMap::from([(key.to_owned(), value)]);
        status(what_if(&standard, &subject, &changes, as_of))
    };
    assert_eq!(with("members", Some(FactValue::Number(180))), Status::Met);
    assert_eq!(with("members", None), Status::Unknown);
    assert_eq!(status(judge(&standard, &subject, as_of)), Status::Unmet);
}

#[test]
fn what_is_unknown_although_it_was_answered_says_why_and_misses_nothing() {
    let standard = changzhou();
    let none = r#"{"id": "u", "kind": "township", "facts": {"workers": 0, "members": 0}, "subordinates": {"unions": 0, "model": 0}}"#;
    check(
        &standard,
        none,
        "model-home/M1b",
        Some("职工人数是 0，比例算不出来，请核对"),
        Some("Workers: 0, of which there is no share; check the number"),
    );
    check(
        &standard,
        none,
        "trusted-home/F1",
        Some("下属工会数是 0，比例算不出来，请核对"),
        Some("Unions below: 0, of which there is no share; check the number"),
    );
    let later = r#"{"id": "u", "kind": "grassroots", "facts": {"lawfully_established": true, "legal_person": true, "last_election_on": "2016-10-16", "term_years": 3}}"#;
    let subject = subject_line::read(&standard, date(2016, 11, 1), later).unwrap();
    let as_of = date(2016, 10, 15);
    let judgement = judge(&standard, &subject, as_of);
    let verdict = judgement.verdict("model-home").unwrap().criterion("M1a");
    let verdict = verdict.unwrap();
    assert_eq!(verdict.status, Status::Unknown);
    assert!(verdict.missing.is_empty(), "{:?}", verdict.missing);
    let say =
        |lang| explain::criterion(&standard, &subject, "model-home", verdict, as_of, lang).unwrap();
    assert_eq!(
        say(Lang::Zh),
        "上次换届日期（2016-10-16）在截止日 2016-10-15 之后，请核对"
    );
    assert_eq!(
        say(Lang::En),
        "Last election (2016-10-16) is after the day of judgement, 2016-10-15; check it"
    );
}
