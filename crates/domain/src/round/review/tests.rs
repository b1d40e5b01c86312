use crate::core::proof::Proof;
use crate::core::refusal::Refuse;
use uuid::Uuid;

use super::*;
use crate::{
    core::{
        ids::PersonId,
        place::{UnitKind, UnitPlace},
        policy::{Role, RoleAt},
    },
    round::application::{ApplicantPerson, ApplicantUnit, State},
};

const ACCOUNT: u128 = 50;

fn place(number: u128, kind: UnitKind, path: &str) -> UnitPlace {
    UnitPlace {
        id: UnitId(Uuid::from_u128(number)),
        kind,
        name: String::new(),
        path: path.to_owned(),
    }
}

fn actor(roles: &[(Role, UnitPlace)]) -> Actor {
    Actor {
        account: AccountId(Uuid::from_u128(ACCOUNT)),
        person: Some(PersonId(Uuid::from_u128(60))),
        name: "审核人".to_owned(),
        roles: roles
            .iter()
            .map(|(role, unit)| RoleAt {
                role: *role,
                unit: unit.clone(),
            })
            .collect(),
        proof: Proof::Password,
    }
}

fn application(path: &str, created_by: u128, person: Option<u128>) -> Application {
    let at = Timestamp::UNIX_EPOCH;
    Application {
        id: ApplicationId(Uuid::from_u128(1)),
        year: 2016,
        title: "model-home".to_owned(),
        unit: ApplicantUnit {
            id: UnitId(Uuid::from_u128(9)),
            path: path.to_owned(),
            name: String::new(),
            sort_key: String::new(),
        },
        person: person.map(|number| ApplicantPerson {
            id: PersonId(Uuid::from_u128(number)),
            name: String::new(),
        }),
        story: String::new(),
        state: State::UnderReview { step: 0 },
        route: Vec::new(),
        rank: None,
        recommended_by: None,
        judgement: None,
        since_at: at,
        submitted_at: None,
        created_by: AccountId(Uuid::from_u128(created_by)),
        created_at: at,
        revision: 1,
    }
}

#[test]
fn nobody_reviews_the_own_union_what_they_filed_or_what_names_them() {
    let district = || place(2, UnitKind::District, "/1/2/");
    let own = || place(9, UnitKind::Grassroots, "/1/2/9/");
    let check = |roles: &[(Role, UnitPlace)], application: Application, at: UnitPlace, expect| {
        let answer = may_review(&actor(roles), &application, &at.id, None);
        assert_eq!(answer.map_err(|refusal| refusal.key()), expect);
    };
    let reviewer = [(Role::Reviewer, district())];
    check(
        &reviewer,
        application("/1/2/9/", 1, None),
        district(),
        Ok(()),
    );
    // A reviewer of the district who is also the chair of the applying union.
    check(
        &[(Role::Reviewer, district()), (Role::Chair, own())],
        application("/1/2/9/", 1, None),
        district(),
        Err("application/own-union"),
    );
    check(
        &reviewer,
        application("/1/2/9/", ACCOUNT, None),
        district(),
        Err("application/own-filing"),
    );
    check(
        &reviewer,
        application("/1/2/9/", 1, Some(60)),
        district(),
        Err("application/names-you"),
    );
    // A union gives its opinion on its branch; at the district its chair keeps out of it.
    let chair = [(Role::Chair, own())];
    check(&chair, application("/1/2/9/90/", 1, None), own(), Ok(()));
    check(
        &chair,
        application("/1/2/9/90/", 1, None),
        district(),
        Err("application/own-union"),
    );
}

#[test]
fn a_declared_conflict_keeps_the_reviewer_out() {
    let district = place(2, UnitKind::District, "/1/2/");
    let conflict = Conflict {
        application: ApplicationId(Uuid::from_u128(1)),
        account: AccountId(Uuid::from_u128(ACCOUNT)),
        account_name: String::new(),
        reason: "主席是我爱人".to_owned(),
        declared_at: Timestamp::UNIX_EPOCH,
    };
    let refusal = may_review(
        &actor(&[(Role::Reviewer, district.clone())]),
        &application("/1/2/9/", 1, None),
        &district.id,
        Some(&conflict),
    );
    assert_eq!(
        refusal.unwrap_err().sentence(Lang::Zh),
        "您已声明回避这份申报（主席是我爱人），不能再办理，请同事办理。"
    );
}

fn finding(number: u128, clause: &str, outcome: Outcome) -> Finding {
    Finding {
        id: FindingId(Uuid::from_u128(number)),
        application: ApplicationId(Uuid::from_u128(1)),
        clause: clause.to_owned(),
        outcome,
        note: "现场没有看到台账".to_owned(),
        unit: UnitId(Uuid::from_u128(2)),
        unit_name: String::new(),
        account: AccountId(Uuid::from_u128(ACCOUNT)),
        account_name: String::new(),
        at: Timestamp::UNIX_EPOCH,
    }
}

/// An invented standard: two tiers, one criterion each.
fn standard() -> Standard {
    let standard = r#"
key = "invented"
[programme]
name = { zh = "试", en = "Trial" }
kind = "commendation"
approving_body = { zh = "某市", en = "A city" }
document_number = "1"
issued_on = 2016-01-01
first_year = 2016
last_year = 2020
cycle = "yearly"
legal_basis = []
summary = { zh = "试", en = "Trial" }
notes = []
[[title]]
key = "low"
name = { zh = "初级", en = "Low" }
ladder = "home"
tier = "low"
needs_below = false
kinds = ["grassroots"]
source = "1"
barred_by_vetoes = false
number_format = "{year}-{number}"
criteria = [{ clause = "A" }]
[[title]]
key = "high"
name = { zh = "高级", en = "High" }
ladder = "home"
tier = "high"
below = "low"
needs_below = false
kinds = ["grassroots"]
source = "2"
barred_by_vetoes = false
number_format = "{year}-{number}"
criteria = [{ clause = "B" }]
[[criterion]]
clause = "A"
source = "1"
name = { zh = "有主席", en = "Chair" }
text = { zh = "有主席", en = "Has a chair" }
verify = ["ledger"]
check = { fact = "chair" }
[[criterion]]
clause = "B"
source = "2"
name = { zh = "有账户", en = "Account" }
text = { zh = "有账户", en = "Has an account" }
verify = ["ledger"]
check = { fact = "account" }
"#;
    let facts = r#"
[[group]]
key = "all"
name = { zh = "全部", en = "All" }
[[fact]]
key = "chair"
group = "all"
kind = "truth"
name = { zh = "主席", en = "Chair" }
question = { zh = "有主席吗？", en = "A chair?" }
[[fact]]
key = "account"
group = "all"
kind = "truth"
name = { zh = "账户", en = "Account" }
question = { zh = "有账户吗？", en = "An account?" }
"#;
    jianjia_standard::load::texts(standard, facts).unwrap()
}

/// A union that has an account and no chair.
fn judged() -> (Standard, Subject, Judgement) {
    use jianjia_standard::{fact::FactValue, judge::judge, kinds::Kind};
    let standard = standard();
    let mut subject = Subject::unknown("u1", Kind::Grassroots);
    for (key, truth) in [("chair", false), ("account", true)] {
        subject
            .facts
            .insert(key.to_owned(), FactValue::Truth(truth));
    }
    let judgement = judge(&standard, &subject, jiff::civil::date(2016, 11, 1));
    (standard, subject, judgement)
}

#[test]
fn the_sentence_of_a_rejected_criterion_is_the_newest_reviewers_note() {
    let check = |findings: &[Finding], expect: &str| {
        let (standard, subject, judgement) = judged();
        let as_of = jiff::civil::date(2016, 11, 1);
        let sentences = because(&standard, &subject, &judgement, "high", findings, as_of);
        let zh: Vec<&str> = sentences.iter().map(|text| text.zh.as_str()).collect();
        assert_eq!(zh, [expect]);
    };
    let rejected = finding(1, "A", Outcome::Rejected);
    let confirmed = finding(2, "A", Outcome::Confirmed);
    let unmet = "有主席（A），“主席”还没有做到";
    check(&[], unmet);
    check(
        std::slice::from_ref(&rejected),
        "有主席（A）审核不认可：现场没有看到台账",
    );
    check(&[rejected, confirmed], unmet);
}
