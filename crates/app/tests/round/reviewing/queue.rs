//! What waits for whom: the queue of each office, whose hands a file is in, and the notes that stay between colleagues.

use jianjia_app::round::{
    application as applications,
    review::{self as reviews, Assigning, InHands, QueueInput, Where},
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Role},
    round::application::ReturnTo,
};

use super::returning;
use crate::{city::cities, key, told};

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
        let id = city.at_the_district().await;
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
