//! Reviewing and deciding.

#[path = "reviewing/bulk.rs"]
mod bulk;
#[path = "reviewing/queue.rs"]
mod queue;

use jianjia_app::round::{
    application as applications,
    review::{self as reviews, FindingInput, RejectInput, ReturnInput},
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Role},
    round::{
        application::{CriterionReason, EventAct, ReturnTo, State},
        review::Outcome,
    },
};
use jianjia_standard::judgement::Status;
use jianjia_store::honour::honour;
use jiff::civil::date;

use crate::{
    acts,
    city::{RoundCity, cities},
    key, told,
};

fn reason(clause: &str, note: &str) -> CriterionReason {
    CriterionReason {
        clause: clause.to_owned(),
        note: note.to_owned(),
    }
}

async fn returning(city: &RoundCity, id: &ApplicationId, to: ReturnTo) -> ReturnInput {
    ReturnInput {
        to,
        opinion: String::new(),
        reasons: vec![reason("M1f", "缺审计报告")],
        expected: city.now(id).await,
    }
}

#[tokio::test]
async fn the_township_endorses_the_district_returns_it_gets_it_back_and_names_it() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        let input = returning(&city, &id, ReturnTo::Applicant).await;
        let returned = reviews::send_back(app, &city.reviewer, &id, &input)
            .await
            .unwrap();
        assert_eq!(returned.state, State::Returned { step: 1 });
        // November: the declaration is over, a correction may still come.
        city.on(2016, 11, 8);
        let edited = applications::edit(app, &city.chair, &id, "补了审计报告", returned.revision)
            .await
            .unwrap();
        assert_eq!(edited.story, "补了审计报告");
        let expected = city.now(&id).await;
        let again = applications::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        assert_eq!(again.state, State::UnderReview { step: 1 });
        let input = city.opinion(&id).await;
        // A reviewer may not decide; the approver does.
        let reviewer = reviews::decide(app, &city.reviewer, &id, &input).await;
        assert_eq!(key(reviewer), "not-your-role");
        let named = reviews::decide(app, &city.approver, &id, &input)
            .await
            .unwrap();
        assert_eq!(named.state.key(), "named");
        assert_eq!(
            acts(&city, &id).await,
            [
                EventAct::Drafted,
                EventAct::Submitted,
                EventAct::Endorsed,
                EventAct::Returned,
                EventAct::Resubmitted,
                EventAct::Named,
            ]
        );
        let mut tx = app.db.read().await.unwrap();
        let held = honour::held(&mut tx, &city.union.id, None).await.unwrap();
        let newest = held
            .iter()
            .find(|honour| honour.title == "model-home")
            .unwrap();
        assert_eq!(newest.number, "常模范家〔2016〕1号");
        assert_eq!(newest.application, Some(id));
    }
}

#[tokio::test]
async fn a_return_needs_a_reason_and_can_go_to_an_earlier_step() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        let mut input = returning(&city, &id, ReturnTo::Step(0)).await;
        input.reasons = vec![reason("M1f", "  ")];
        let silent = reviews::send_back(app, &city.reviewer, &id, &input).await;
        assert_eq!(
            told(silent),
            "退回补正要逐条写明哪一条要改、怎么改，请至少写一条。"
        );
        input.reasons = vec![reason("M1f", "缺审计报告")];
        let back = reviews::send_back(app, &city.reviewer, &id, &input)
            .await
            .unwrap();
        assert_eq!(back.state, State::UnderReview { step: 0 });
        let forward = reviews::endorse(app, &city.local, &id, &city.opinion(&id).await)
            .await
            .unwrap();
        assert_eq!(forward.state, State::UnderReview { step: 1 });
    }
}

#[tokio::test]
async fn of_two_reviewers_at_once_the_second_is_told_who_did_what() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        let colleague = city
            .city
            .actor("街道小陈", &[(Role::Reviewer, &city.township)])
            .await;
        let seen_by_both = city.opinion(&id).await;
        let seen_later = city.opinion(&id).await;
        reviews::endorse(app, &city.local, &id, &seen_by_both)
            .await
            .unwrap();
        let second = reviews::endorse(app, &colleague, &id, &seen_later).await;
        assert_eq!(
            told(second),
            "雕庄街道总工会的街道小李已在 2016-10-20 09:00 办理（签署同意意见），您这次的办理没有生效；请看最新情况再定。"
        );
        // The first one's double click changes nothing and is no error.
        let again = reviews::endorse(app, &city.local, &id, &seen_by_both)
            .await
            .unwrap();
        assert_eq!(again.state, State::UnderReview { step: 1 });
        assert_eq!(
            acts(&city, &id).await,
            [EventAct::Drafted, EventAct::Submitted, EventAct::Endorsed]
        );
    }
}

#[tokio::test]
async fn a_criterion_that_was_rejected_bars_the_title_until_it_is_confirmed() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        let find = async |outcome, note: &str| {
            let input = FindingInput {
                clause: "M1f".to_owned(),
                outcome,
                note: note.to_owned(),
            };
            reviews::record_finding(app, &city.reviewer, &id, &input).await
        };
        assert_eq!(
            key(find(Outcome::Rejected, "").await),
            "application/reason-missing"
        );
        find(Outcome::Rejected, "没有见到审计报告").await.unwrap();
        let refused = reviews::decide(app, &city.approver, &id, &city.opinion(&id).await).await;
        assert_eq!(
            told(refused),
            "“第一纺织厂工会”按已核实的情况还达不到模范职工之家：每年经审并报告（M1f）审核不认可：没有见到审计报告。可以退回补正，或者不予通过并写明理由。"
        );
        find(Outcome::Confirmed, "已补交").await.unwrap();
        let named = reviews::decide(app, &city.approver, &id, &city.opinion(&id).await)
            .await
            .unwrap();
        assert_eq!(named.state.key(), "named");
    }
}

#[tokio::test]
async fn a_rejection_says_why_clause_by_clause_to_the_applicant() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        let finding = FindingInput {
            clause: "M1f".to_owned(),
            outcome: Outcome::Rejected,
            note: "没有见到审计报告".to_owned(),
        };
        reviews::record_finding(app, &city.approver, &id, &finding)
            .await
            .unwrap();
        let input = RejectInput {
            reason: "经审工作没有开展".to_owned(),
            reasons: vec![reason("M1f", "没有审计")],
            expected: city.now(&id).await,
        };
        reviews::reject(app, &city.approver, &id, &input)
            .await
            .unwrap();
        // Facts that change afterwards don't change the letter.
        let facts = [("members".to_owned(), serde_json::json!(1))];
        city.says(&city.union, None, facts.into()).await;
        let letter = applications::view(app, &city.chair, &id).await.unwrap();
        let because: Vec<&str> = letter.because.iter().map(|text| text.zh.as_str()).collect();
        assert_eq!(
            because,
            ["每年经审并报告（M1f）审核不认可：没有见到审计报告"]
        );
        let open: Vec<&str> = letter
            .clauses
            .iter()
            .filter(|row| row.status != Status::Met)
            .map(|row| row.clause.as_str())
            .collect();
        assert_eq!(open, ["M1f"]);
        let last = letter.events.last().unwrap();
        assert_eq!(
            (last.act, last.opinion.as_str()),
            (EventAct::Rejected, "经审工作没有开展")
        );
    }
}

#[tokio::test]
async fn nobody_acts_out_of_turn_on_the_own_union_or_after_a_conflict() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        let endorse = async |who| {
            let input = city.opinion(&id).await;
            key(reviews::endorse(app, who, &id, &input).await)
        };
        assert_eq!(endorse(&city.reviewer).await, "application/not-your-turn");
        assert_eq!(endorse(&city.chair).await, "not-your-role");
        let both = city
            .city
            .actor(
                "两头兼",
                &[(Role::Reviewer, &city.township), (Role::Clerk, &city.union)],
            )
            .await;
        assert_eq!(endorse(&both).await, "application/own-union");
        let (_, stranger) = city.another("第五纺织厂工会").await;
        assert_eq!(endorse(&stranger).await, "not-found");
        reviews::declare_conflict(app, &city.local, &id, "主席是我爱人")
            .await
            .unwrap();
        assert_eq!(endorse(&city.local).await, "application/conflict-declared");
        city.on(2016, 12, 5);
        let other = city
            .city
            .actor("街道小陈", &[(Role::Reviewer, &city.township)])
            .await;
        assert_eq!(endorse(&other).await, "round/outside-window");
    }
}

#[tokio::test]
async fn deciding_before_the_examination_is_refused_with_its_days() {
    for city in cities().await {
        let app = &city.city.app;
        city.examines_from(date(2016, 11, 1)).await;
        let id = city.at_the_district().await;
        let decided = reviews::decide(app, &city.approver, &id, &city.opinion(&id).await).await;
        assert_eq!(
            told(decided),
            "可以评定的时间是 2016-11-01 至 2016-11-30，今天是 2016-10-20，现在不能评定（按年度日程，条款 P6）；请从 2016-11-01 起办理。"
        );
        let desk = reviews::desk(app, &city.approver, &id).await.unwrap();
        assert!(desk.barred.is_none() && !desk.acts.decide);
        assert_eq!(desk.not_now.unwrap().key(), "round/outside-window");
        city.on(2016, 11, 1);
        reviews::decide(app, &city.approver, &id, &city.opinion(&id).await)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn each_application_handed_in_has_a_number_of_its_own() {
    for city in cities().await {
        let app = &city.city.app;
        let first = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        let (union, chair) = city.another("第六纺织厂工会").await;
        let second = city.applied(&chair, &union, "qualified-home").await.id;
        let number = async |who, id| applications::view(app, who, id).await.unwrap().number;
        assert_eq!(
            number(&city.chair, &first).await.as_deref(),
            Some("2016-00001")
        );
        assert_eq!(number(&chair, &second).await.as_deref(), Some("2016-00002"));
        // Handed in again it keeps its number.
        let input = returning(&city, &second, ReturnTo::Applicant).await;
        reviews::send_back(app, &city.local, &second, &input)
            .await
            .unwrap();
        let expected = city.now(&second).await;
        applications::submit(app, &chair, &second, &expected)
            .await
            .unwrap();
        assert_eq!(number(&chair, &second).await.as_deref(), Some("2016-00002"));
    }
}
