//! Reviewing and deciding.

use jianjia_app::round::{
    application as applications,
    review::{
        self as reviews, Assigning, BulkAct, BulkInput, FindingInput, InHands, QueueInput,
        RejectInput, ReturnInput, Where,
    },
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Role},
    round::{
        application::{CriterionReason, EventAct, ReturnTo, State},
        review::Outcome,
    },
};
use jianjia_standard::{Lang, judgement::Status};
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
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        city.endorsed(&id).await;
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
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        city.endorsed(&id).await;
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
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        city.endorsed(&id).await;
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
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        city.endorsed(&id).await;
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
async fn many_are_decided_at_once_after_a_preview_that_keeps_nothing() {
    for city in cities().await {
        let app = &city.city.app;
        let mut chosen = Vec::new();
        for name in ["甲厂工会", "乙厂工会"] {
            let (union, chair) = city.another(name).await;
            let id = city.applied(&chair, &union, "qualified-home").await.id;
            city.endorsed(&id).await;
            chosen.push((id, city.read(&id).await.revision));
        }
        let finding = FindingInput {
            clause: "Q1".to_owned(),
            outcome: Outcome::Rejected,
            note: "主席未选举".to_owned(),
        };
        reviews::record_finding(app, &city.reviewer, &chosen[1].0, &finding)
            .await
            .unwrap();
        let input = BulkInput {
            act: BulkAct::Decide,
            chosen: chosen.clone(),
            opinion: "同意".to_owned(),
            request_key: "bulk".to_owned(),
        };
        for (id, _) in &chosen {
            city.looked_through(id).await;
        }
        let outcome = |lines: &[reviews::BulkLine]| -> Vec<Option<&'static str>> {
            lines
                .iter()
                .map(|line| line.refusal.as_ref().map(|refusal| refusal.key()))
                .collect()
        };
        let expect = [None, Some("application/falls-short")];
        let shown = reviews::preview(app, &city.approver, &input).await.unwrap();
        assert_eq!(outcome(&shown), expect);
        assert_eq!(city.read(&chosen[0].0).await.state.key(), "under-review");
        let done = reviews::carry_out(app, &city.approver, &input)
            .await
            .unwrap();
        assert_eq!(outcome(&done), expect);
        assert_eq!(city.read(&chosen[0].0).await.state.key(), "named");
        assert_eq!(city.read(&chosen[1].0).await.state.key(), "under-review");
        // Sent again, the first stays named once.
        let again = reviews::carry_out(app, &city.approver, &input)
            .await
            .unwrap();
        assert_eq!(outcome(&again), expect);
        let mut tx = app.db.read().await.unwrap();
        let held = honour::held(&mut tx, &done[0].application.unit.id, None)
            .await
            .unwrap();
        assert_eq!(held.len(), 1);
    }
}

#[tokio::test]
async fn what_nobody_confirmed_is_not_decided_in_bulk_unless_confirmed_with_a_reason() {
    for city in cities().await {
        let app = &city.city.app;
        let (union, chair) = city.another("甲厂工会").await;
        let id = city.applied(&chair, &union, "qualified-home").await.id;
        city.endorsed(&id).await;
        let bulk = |act, opinion: &str, request_key: &str, revision| BulkInput {
            act,
            chosen: vec![(id, revision)],
            opinion: opinion.to_owned(),
            request_key: request_key.to_owned(),
        };
        let revision = city.read(&id).await.revision;
        let queue = async || {
            reviews::queue(app, &city.approver, &QueueInput::default())
                .await
                .unwrap()
                .looked_at
        };
        let asked = queue().await[0].asked;
        assert_eq!(queue().await[0].files, 0);
        city.attaches_a_file(&union, "own_account").await;
        assert_eq!(queue().await[0].files, 1);
        assert!(asked > 0);
        assert_eq!(
            (queue().await[0].confirmed, queue().await[0].rejected),
            (0, 0)
        );
        let decide = bulk(BulkAct::Decide, "同意", "d", revision);
        let shown = reviews::preview(app, &city.approver, &decide)
            .await
            .unwrap();
        assert_eq!(shown[0].unconfirmed.len(), asked);
        let refusal = shown[0].refusal.as_ref().unwrap();
        assert_eq!(refusal.key(), "application/unconfirmed");
        assert!(
            refusal.sentence(Lang::Zh).starts_with(&format!(
                "有自报达到、尚无人核实的条目：“甲厂工会”{asked} 条（"
            )),
            "{}",
            refusal.sentence(Lang::Zh)
        );
        // Neither an opinion nor a reason is made up.
        let silent = bulk(BulkAct::Confirm, " ", "c", revision);
        let silent = reviews::carry_out(app, &city.approver, &silent).await;
        assert_eq!(key(silent), "application/reason-missing");
        let confirm = bulk(BulkAct::Confirm, "已集中查看台账", "c", revision);
        // A reviewer may find on criteria, but not confirm the rest in an approver's name.
        let reviewer = reviews::carry_out(app, &city.reviewer, &confirm)
            .await
            .unwrap();
        assert_eq!(reviewer[0].refusal.as_ref().unwrap().key(), "not-your-role");
        let confirmed = reviews::carry_out(app, &city.approver, &confirm)
            .await
            .unwrap();
        assert!(confirmed[0].refusal.is_none());
        assert_eq!(queue().await[0].confirmed, asked);
        let view = applications::view(app, &city.approver, &id).await.unwrap();
        let found = view.findings.last().unwrap();
        assert_eq!(
            (found.note.as_str(), found.account_name.as_str()),
            ("已集中查看台账", "区里赵部长")
        );
        let done = reviews::carry_out(app, &city.approver, &decide)
            .await
            .unwrap();
        assert!(done[0].refusal.is_none());
        assert_eq!(city.read(&id).await.state.key(), "named");
    }
}

#[tokio::test]
async fn deciding_before_the_examination_is_refused_with_its_days() {
    for city in cities().await {
        let app = &city.city.app;
        city.examines_from(date(2016, 11, 1)).await;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        city.endorsed(&id).await;
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
async fn the_queue_shows_each_reviewer_what_is_theirs() {
    for city in cities().await {
        let app = &city.city.app;
        let first = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        let (union, chair) = city.another("第六纺织厂工会").await;
        let second = city.applied(&chair, &union, "qualified-home").await.id;
        city.endorsed(&first).await;
        let listed = async |who, place| {
            let input = QueueInput {
                place,
                ..QueueInput::default()
            };
            let queue = reviews::queue(app, who, &input).await.unwrap();
            let ids: Vec<ApplicationId> = queue
                .applications
                .iter()
                .map(|application| application.id)
                .collect();
            (queue.total, ids)
        };
        assert_eq!(listed(&city.local, Where::Mine).await, (1, vec![second]));
        assert_eq!(listed(&city.reviewer, Where::Mine).await, (1, vec![first]));
        assert_eq!(listed(&city.leader, Where::Mine).await, (0, vec![]));
        let (total, mut all) = listed(&city.leader, Where::All).await;
        all.sort();
        assert_eq!((total, all), (2, vec![first, second]));
        assert_eq!(listed(&chair, Where::Mine).await, (0, vec![]));
        let desk = reviews::desk(app, &city.local, &second).await.unwrap();
        assert!(desk.acts.endorse && desk.acts.send_back && !desk.acts.decide);
        assert!(desk.barred.is_none());
        let desk = reviews::desk(app, &city.leader, &second).await.unwrap();
        assert_eq!(
            desk.barred.map(|refusal| refusal.key()),
            Some("application/not-your-turn")
        );
        assert_eq!(
            key(reviews::desk(app, &chair, &second).await.map(|_| ())),
            "not-found"
        );
    }
}

#[tokio::test]
async fn a_file_is_taken_given_and_passed_on_to_the_approver() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        city.endorsed(&id).await;
        let colleague = city
            .city
            .actor("区里小吴", &[(Role::Reviewer, &city.district)])
            .await;
        let files = [id];
        let assign = async |who, how| reviews::assign(app, who, &files, how).await;
        let in_hands = async |hands| {
            let input = QueueInput {
                hands,
                ..QueueInput::default()
            };
            let queue = reviews::queue(app, &city.reviewer, &input).await.unwrap();
            let held = queue.held.into_iter().flatten();
            (
                queue.total,
                held.map(|held| held.account_name).collect::<Vec<_>>(),
            )
        };
        assert_eq!(in_hands(InHands::Nobody).await, (1, vec![]));
        // Not the office's turn, not a reviewer's to give, not anybody's to have.
        assert_eq!(
            key(assign(&city.local, Assigning::Take).await),
            "application/not-your-turn"
        );
        let give = Assigning::Give(colleague.account);
        assert_eq!(key(assign(&city.reviewer, give).await), "not-your-role");
        let stranger = Assigning::Give(city.local.account);
        assert_eq!(
            told(assign(&city.approver, stranger).await),
            "选定的人在天宁区总工会没有审核或审批的角色，不能承办。请从名单里另选一人。"
        );
        assert_eq!(
            key(reviews::assign(app, &city.reviewer, &[], give).await),
            "application/nothing-chosen"
        );
        assign(&city.reviewer, Assigning::Take).await.unwrap();
        let mine = (1, vec!["区里老周".to_owned()]);
        assert_eq!(in_hands(InHands::Mine).await, mine);
        assert_eq!(
            told(assign(&colleague, Assigning::Take).await),
            "“第一纺织厂工会”的申报正由区里老周承办，一份申报由一人承办。请由区里老周退还，或者请审批人改派。"
        );
        assert_eq!(
            key(assign(&colleague, Assigning::GiveBack).await),
            "assignment/held-by"
        );
        assign(&city.reviewer, Assigning::GiveBack).await.unwrap();
        assert_eq!(in_hands(InHands::Mine).await, (0, vec![]));
        assign(&city.approver, give).await.unwrap();
        // Nobody has looked at it: it can't be passed on.
        let early = told(assign(&colleague, Assigning::Pass).await);
        assert!(early.starts_with("“第一纺织厂工会”还有 "), "{early}");
        let silent = reviews::confirm_rest(app, &colleague, &id, " ").await;
        assert_eq!(key(silent), "application/reason-missing");
        let reason = "材料齐全，已核对";
        reviews::confirm_rest(app, &colleague, &id, reason)
            .await
            .unwrap();
        // A reviewer hands it on; the approver has nobody to hand it on to.
        let passes = async |who| reviews::desk(app, who, &id).await.unwrap().acts.pass;
        assert!(passes(&colleague).await && !passes(&city.approver).await);
        assign(&colleague, Assigning::Pass).await.unwrap();
        let passed = (1, vec!["区里小吴".to_owned()]);
        assert_eq!(in_hands(InHands::Passed).await, passed);
        // It waits for the approver now, and no longer for the reviewers.
        assert_eq!(in_hands(InHands::Any).await, (0, vec![]));
        let whole = QueueInput::default();
        let of_approver = reviews::queue(app, &city.approver, &whole).await.unwrap();
        assert_eq!(of_approver.total, 1);
        for (who, waits) in [(&city.reviewer, 0), (&city.approver, 1)] {
            let desk = jianjia_app::office::desk::desk(app, who).await.unwrap();
            assert_eq!(desk.queues[0].total, waits);
        }
        let desk = reviews::desk(app, &city.approver, &id).await.unwrap();
        assert!(desk.held.unwrap().is_passed(&desk.view.application));
        // Returned and handed in again, it is with the same colleague and looked at again.
        let input = returning(&city, &id, ReturnTo::Applicant).await;
        reviews::send_back(app, &colleague, &id, &input)
            .await
            .unwrap();
        city.on(2016, 10, 24);
        let expected = city.now(&id).await;
        applications::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        assert_eq!(in_hands(InHands::Passed).await, (0, vec![]));
        assert_eq!(in_hands(InHands::Any).await, passed);
        // Whoever declared a conflict can't be given it.
        reviews::declare_conflict(app, &city.reviewer, &id, "亲属")
            .await
            .unwrap();
        let barred = assign(&city.approver, Assigning::Give(city.reviewer.account)).await;
        assert_eq!(key(barred), "assignment/colleague-barred");
    }
}

#[tokio::test]
async fn the_offices_notes_are_theirs_alone() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        let words = "听说账目有出入，请重点看经费";
        let silent = reviews::note(app, &city.local, &id, "  ").await;
        assert_eq!(told(silent), "备注是空的，没有保存。请写明要提醒同事的事。");
        reviews::note(app, &city.local, &id, words).await.unwrap();
        let read = async |who| {
            let desk = reviews::desk(app, who, &id).await.unwrap();
            desk.notes
                .map(|notes| notes.into_iter().map(|note| note.note).collect::<Vec<_>>())
        };
        for who in [&city.local, &city.reviewer, &city.approver, &city.leader] {
            assert_eq!(read(who).await, Some(vec![words.to_owned()]));
        }
        // The applicant neither writes nor reads, whatever else they are.
        assert_eq!(
            key(reviews::note(app, &city.chair, &id, "a").await),
            "not-your-role"
        );
        let both = city
            .city
            .actor(
                "一肩挑",
                &[(Role::Chair, &city.union), (Role::Reviewer, &city.district)],
            )
            .await;
        assert_eq!(key(reviews::note(app, &both, &id, "a").await), "not-found");
        assert_eq!(read(&both).await, None);
        let seen = format!(
            "{:?}",
            applications::view(app, &city.chair, &id).await.unwrap()
        );
        assert!(!seen.contains(words));
        // Who keeps out of a file reads nothing of it.
        reviews::declare_conflict(app, &city.reviewer, &id, "亲属")
            .await
            .unwrap();
        assert_eq!(read(&city.reviewer).await, None);
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
