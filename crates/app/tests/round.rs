//! The year's round as stories: who does what, and what each of them meets.

#[path = "round/amending.rs"]
mod amending;
#[path = "round/archiving.rs"]
mod archiving;
#[path = "round/assigning.rs"]
mod assigning;
#[path = "round/checks.rs"]
mod checks;
#[path = "round/city.rs"]
mod city;
#[path = "round/correcting.rs"]
mod correcting;
#[path = "round/department.rs"]
mod department;
#[path = "round/naming.rs"]
mod naming;
#[path = "round/papers.rs"]
mod papers;
#[path = "round/posting.rs"]
mod posting;
#[path = "round/racing.rs"]
mod racing;
#[path = "round/recommending.rs"]
mod recommending;
#[path = "round/reminding.rs"]
mod reminding;
#[path = "round/reviewing.rs"]
mod reviewing;
#[path = "round/sharing.rs"]
mod sharing;
#[path = "round/standards.rs"]
mod standards;
#[path = "round/structure.rs"]
mod structure;
#[path = "round/subsidies.rs"]
mod subsidies;
#[path = "round/summaries.rs"]
mod summaries;
#[path = "round/telling.rs"]
mod telling;
#[path = "round/veto.rs"]
mod veto;
#[path = "round/visits.rs"]
mod visits;
#[path = "round/what_if.rs"]
mod what_if;

use city::{RoundCity, cities};
use jianjia_app::{
    core::error::Error,
    round::{
        application::{self as applications, DraftInput},
        round as rounds,
    },
};
use jianjia_domain::{
    core::{place::UnitKind, policy::Role, refusal::Refusal},
    register::person::Post,
    round::{
        application::{EventAct, State},
        round::{Days, RoundDays},
    },
};
use jianjia_standard::Lang;
use jianjia_store::round::application as store;
use jiff::civil::date;

/// The sentence of a refusal.
pub fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(refusal)) => refusal.sentence(Lang::Zh),
        other => panic!("not refused: {other:?}"),
    }
}

/// The key of a refusal, of its first field where it is about fields.
pub fn key<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Refused(Refusal::Fields(fields))) => fields[0].1.key(),
        Err(Error::Refused(refusal)) => refusal.key(),
        Err(Error::NotFound) => "not-found",
        other => panic!("not refused: {other:?}"),
    }
}

pub async fn acts(
    city: &RoundCity,
    id: &jianjia_domain::core::ids::ApplicationId,
) -> Vec<EventAct> {
    let mut tx = city.city.app.db.read().await.unwrap();
    let events = store::events(&mut tx, id).await.unwrap();
    events.into_iter().map(|event| event.act).collect()
}

#[tokio::test]
async fn a_chair_applies_in_october_and_the_township_has_it() {
    for city in cities().await {
        let application = city.applied(&city.chair, &city.union, "model-home").await;
        assert_eq!(application.state, State::UnderReview { step: 0 });
        let route: Vec<&str> = application
            .route
            .iter()
            .map(|step| step.unit.name.as_str())
            .collect();
        assert_eq!(route, ["雕庄街道总工会", "天宁区总工会"]);
        assert!(application.judgement.is_some());
        assert_eq!(city.read(&application.id).await, application);
        assert_eq!(
            acts(&city, &application.id).await,
            [EventAct::Drafted, EventAct::Submitted]
        );
    }
}

#[tokio::test]
async fn before_and_after_october_the_days_that_matter_are_told() {
    for city in cities().await {
        city.on(2016, 9, 30);
        let id = city.draft(&city.chair, &city.union, "model-home").await;
        let app = &city.city.app;
        let expected = city.now(&id).await;
        let early = applications::submit(app, &city.chair, &id, &expected).await;
        assert_eq!(
            told(early),
            "申报期是 2016-10-01 至 2016-10-31，今天是 2016-09-30，现在不能提交申报（按年度日程，条款 P6）；请从 2016-10-01 起办理。"
        );
        city.on(2016, 11, 2);
        let late = applications::submit(app, &city.chair, &id, &expected).await;
        assert_eq!(key(late), "round/outside-window");
        // The city lets the declaration run on.
        let days = |from, to| Days { from, to };
        let moved = RoundDays {
            declaration: days(date(2016, 10, 1), date(2016, 11, 10)),
            examination: days(date(2016, 11, 1), date(2016, 12, 10)),
            commendation: days(date(2017, 1, 1), date(2017, 12, 31)),
            note: "国庆顺延".to_owned(),
            revision: rounds::find(app, 2016).await.unwrap().revision,
        };
        let not_the_citys = rounds::set_days(app, &city.approver, 2016, moved.clone()).await;
        assert_eq!(key(not_the_citys), "not-found");
        rounds::set_days(app, &city.leader, 2016, moved.clone())
            .await
            .unwrap();
        assert_eq!(
            key(rounds::set_days(app, &city.leader, 2016, moved).await),
            "stale"
        );
        applications::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_missing_is_told_clause_by_clause() {
    for city in cities().await {
        let (union, chair) = city.another("第二纺织厂工会").await;
        let facts = [
            ("members".to_owned(), serde_json::json!(170)),
            ("cards_issued".to_owned(), serde_json::json!(170)),
            ("cards_used".to_owned(), serde_json::json!(170)),
            ("own_books".to_owned(), serde_json::json!(null)),
        ];
        city.says(&union, None, facts.into()).await;
        let id = city.draft(&chair, &union, "model-home").await;
        let expected = city.now(&id).await;
        let refused = applications::submit(&city.city.app, &chair, &id, &expected).await;
        assert_eq!(
            told(refused),
            "现在还不能申报模范职工之家：还没有合格职工之家称号；入会率90%（M1b），再发展 10 名会员；经费和财务（M1e），还没有填：独立建账。补齐后再来，其他内容都已保留。"
        );
        assert_eq!(city.read(&id).await.state, State::Draft);
    }
}

#[tokio::test]
async fn a_vetoed_union_and_its_chair_are_refused_and_its_ordinary_worker_is_not() {
    for city in cities().await {
        let app = &city.city.app;
        city.holds(&city.union, None, "model-home", 2016).await;
        city.holds(&city.union, None, "trusted-home", 2016).await;
        city.vetoed(&city.union, "V1").await;
        let home = city.draft(&city.chair, &city.union, "trusted-home").await;
        let expected = city.now(&home).await;
        // The title held is told first: here a fresh union without it.
        let held = applications::submit(app, &city.chair, &home, &expected).await;
        assert_eq!(key(held), "application/already-held");
        let mut answers = Vec::new();
        for (name, post) in [("王大", Post::Chair), ("李二", Post::Worker)] {
            let person = city.person(&city.union, name, post).await;
            city.holds(&city.union, Some(&person), "outstanding-worker", 2016)
                .await;
            let input = DraftInput {
                year: 2016,
                title: "trusted-kin".to_owned(),
                person: Some(person),
                ..DraftInput::default()
            };
            let id = applications::draft(app, &city.chair, &city.union.id, &input)
                .await
                .unwrap();
            let expected = city.now(&id).await;
            answers.push(applications::submit(app, &city.chair, &id, &expected).await);
        }
        let worker = answers.pop().unwrap().unwrap();
        assert_eq!(worker.state, State::UnderReview { step: 0 });
        assert_eq!(
            told(answers.remove(0)),
            "现在还不能申报职工最可信赖娘家人：本年度有“拖欠工资”的情形（V1），不得申报。否决情形当年有效，没有的年度可以再申报；登记有误的，请联系登记它的上级工会解除。内容都已保留。"
        );
    }
}

#[tokio::test]
async fn a_double_click_applies_once_and_a_second_application_is_refused() {
    for city in cities().await {
        let app = &city.city.app;
        let input = DraftInput {
            year: 2016,
            title: "model-home".to_owned(),
            request_key: "one form".to_owned(),
            ..DraftInput::default()
        };
        let draft = || applications::draft(app, &city.chair, &city.union.id, &input);
        let id = draft().await.unwrap();
        assert_eq!(draft().await.unwrap(), id);
        let other = DraftInput {
            request_key: "another form".to_owned(),
            ..input.clone()
        };
        let second = applications::draft(app, &city.chair, &city.union.id, &other).await;
        assert_eq!(
            told(second),
            "2016年已有一份模范职工之家的申报（草稿），同一年同一称号只能有一份，请打开那一份继续。"
        );
        let expected = city.now(&id).await;
        let submit = || applications::submit(app, &city.chair, &id, &expected);
        let first = submit().await.unwrap();
        assert_eq!(submit().await.unwrap(), first);
        assert_eq!(
            acts(&city, &id).await,
            [EventAct::Drafted, EventAct::Submitted]
        );
        // Withdrawn, a new one may be made.
        let expected = city.now(&id).await;
        applications::withdraw(app, &city.chair, &id, "材料不齐", &expected)
            .await
            .unwrap();
        applications::draft(app, &city.chair, &city.union.id, &other)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn titles_go_to_the_kinds_they_are_for_and_personal_ones_to_people_of_the_unit() {
    for city in cities().await {
        let app = &city.city.app;
        let (elsewhere, _) = city.another("第三纺织厂工会").await;
        let stranger = city.person(&elsewhere, "外人", Post::Worker).await;
        let input = |title: &str, person| DraftInput {
            year: 2016,
            title: title.to_owned(),
            person,
            ..DraftInput::default()
        };
        let check = async |input: DraftInput, expect: &str| {
            let answer = applications::draft(app, &city.chair, &city.union.id, &input).await;
            assert_eq!(key(answer), expect);
        };
        check(
            input("model-small-home", None),
            "application/not-for-this-kind",
        )
        .await;
        check(
            input("outstanding-worker", None),
            "application/who-is-missing",
        )
        .await;
        check(
            input("outstanding-worker", Some(stranger)),
            "application/who-is-missing",
        )
        .await;
        check(
            input("model-home", Some(stranger)),
            "application/who-is-missing",
        )
        .await;
        check(input("no-such-title", None), "not-found").await;
    }
}

#[tokio::test]
async fn an_application_is_seen_by_its_unit_and_those_above_and_by_nobody_else() {
    for city in cities().await {
        let app = &city.city.app;
        let (_, neighbour) = city.another("第四纺织厂工会").await;
        let other_district = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let stranger = city
            .city
            .actor("邻区", &[(Role::Reviewer, &other_district)])
            .await;
        let id = city.draft(&city.chair, &city.union, "model-home").await;
        let sees = async |who| applications::view(app, who, &id).await.is_ok();
        // A draft is its author's only.
        assert!(sees(&city.chair).await);
        assert!(!sees(&city.local).await);
        let expected = city.now(&id).await;
        applications::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        for who in [&city.chair, &city.local, &city.reviewer, &city.leader] {
            assert!(sees(who).await);
        }
        for who in [&neighbour, &stranger] {
            assert!(!sees(who).await);
            let unit = applications::of_unit(app, who, &city.union.id, 2016, None).await;
            assert_eq!(
                unit.map(|_| ()).map_err(|error| error.to_string()),
                Err("not found".to_owned())
            );
        }
    }
}

#[tokio::test]
async fn a_branch_is_filed_by_its_union_and_goes_on_above_it() {
    for city in cities().await {
        let branch = city
            .city
            .unit(Some(&city.union), UnitKind::Branch, "细纱车间分会")
            .await;
        city.meets_everything(&branch).await;
        let application = city.applied(&city.chair, &branch, "model-small-home").await;
        let route: Vec<&str> = application
            .route
            .iter()
            .map(|step| step.unit.name.as_str())
            .collect();
        assert_eq!(route, ["雕庄街道总工会", "天宁区总工会"]);
        // Filed by the branch itself, its union gives its opinion first.
        let other = city
            .city
            .unit(Some(&city.union), UnitKind::Branch, "织布车间分会")
            .await;
        city.meets_everything(&other).await;
        let leader = city.city.actor("组长", &[(Role::Chair, &other)]).await;
        let application = city.applied(&leader, &other, "model-small-home").await;
        let first = &application.route[0].unit;
        assert_eq!(first.name, "第一纺织厂工会");
        let input = city.opinion(&application.id).await;
        let endorsed = jianjia_app::round::review::endorse(
            &city.city.app,
            &city.chair,
            &application.id,
            &input,
        )
        .await
        .unwrap();
        assert_eq!(endorsed.state, State::UnderReview { step: 1 });
    }
}
