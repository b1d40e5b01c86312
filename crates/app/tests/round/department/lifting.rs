//! What is upheld is lifted entry by entry: another department's entry on the same state keeps the unit barred, and what was lifted may be answered
//! anew.

use jianjia_app::round::{department as departments, entry as entries, veto as vetoes};
use jianjia_domain::{
    core::{ids::EntryId, message::Kind, place::UnitPlace, policy::Actor},
    round::entry::EntryState,
};

use super::{answerer, applying, in_state, kinds};
use crate::{
    city::{RoundCity, cities},
    key,
};

/// Two departments that answer for one clause: V2.
const ONE: &str = "tax";
const OTHER: &str = "social-security";

/// A department says that the unit is in the state, and the city upholds it once the unit has replied.
async fn upheld(
    city: &RoundCity,
    who: &Actor,
    (union, chair): (&UnitPlace, &Actor),
    document: &str,
) -> EntryId {
    let app = &city.city.app;
    departments::answer(app, who, 2016, &union.id, &in_state(document))
        .await
        .unwrap();
    let (_, _, said) = departments::asked(app, who, 2016, &union.id).await.unwrap();
    let id = said.iter().map(|entry| entry.id).max().unwrap();
    entries::reply(app, chair, &id, "正在整改", Vec::new())
        .await
        .unwrap();
    entries::decide(app, &city.leader, &id, "upheld", "查证属实")
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn an_entry_that_is_lifted_leaves_the_veto_to_another_that_stands() {
    for city in cities().await {
        let app = &city.city.app;
        let one = answerer(&city, "赵", ONE).await;
        let other = answerer(&city, "孙", OTHER).await;
        let (union, chair, _) = applying(&city, "甲厂工会").await;
        for department in [ONE, OTHER] {
            departments::send(app, &city.leader, 2016, department)
                .await
                .unwrap();
        }
        let first = upheld(&city, &one, (&union, &chair), "1号").await;
        let second = upheld(&city, &other, (&union, &chair), "2号").await;
        let standing = async || {
            let standing = vetoes::of_unit(app, &chair, &union.id, 2016).await.unwrap();
            standing
                .into_iter()
                .map(|veto| (veto.id, veto.entry))
                .collect::<Vec<_>>()
        };
        // The chair reads of one veto, not of two.
        let before = standing().await;
        assert_eq!(before.len(), 1);
        assert_eq!(before[0].1, Some(first));
        let view = entries::find(app, &one, &first).await.unwrap();
        assert_eq!((view.may_decide, view.others.len()), (true, 1));
        // Neither department decides on the other's entry, nor finds it.
        let foreign = entries::decide(app, &other, &first, "lifted", "不归我管").await;
        assert_eq!(key(foreign), "not-found");
        let again = entries::decide(app, &city.leader, &first, "upheld", "再维持一次").await;
        assert_eq!(key(again), "entry/decided");
        let empty = entries::decide(app, &one, &first, "lifted", " ").await;
        assert_eq!(key(empty), "entry/no-reason");

        // The city lifts what the one said, on the entry's page: the other's stands, with a veto of its own.
        for _ in 0..2 {
            let lifted = entries::decide(app, &city.leader, &first, "lifted", "处理决定已撤销");
            assert_eq!(lifted.await.unwrap().state(), EntryState::Lifted);
        }
        assert!(kinds(&city, &one).await.contains(&Kind::EntryLifted));
        assert!(
            kinds(&city, &city.reviewer)
                .await
                .contains(&Kind::EntryLifted)
        );
        let after = standing().await;
        assert_eq!(after.len(), 1);
        assert_eq!(after[0].1, Some(second));
        assert_ne!(after[0].0, before[0].0);
        let old = vetoes::find(app, &city.leader, &before[0].0).await.unwrap();
        assert_eq!(old.veto.lifted.unwrap().reason, "处理决定已撤销");
        let view = entries::find(app, &other, &second).await.unwrap();
        assert_eq!(
            (view.entry.state(), view.others.len()),
            (EntryState::Upheld, 0)
        );

        // The department that was lifted may say that there is nothing now.
        let clear = departments::answer_alike(app, &one, 2016, &[union.id], "clear").await;
        assert_eq!(clear.unwrap(), 1);
        let clear = departments::answer_alike(app, &other, 2016, &[union.id], "clear").await;
        assert_eq!(key(clear), "department/stands-in-state");

        // The last one that is lifted, by its own department, ends it.
        entries::decide(app, &other, &second, "lifted", "已整改")
            .await
            .unwrap();
        assert!(standing().await.is_empty());
        // And it may be said anew.
        departments::answer(app, &one, 2016, &union.id, &in_state("3号"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_veto_that_a_federation_recorded_stands_whatever_becomes_of_an_entry() {
    for city in cities().await {
        let app = &city.city.app;
        let one = answerer(&city, "赵", ONE).await;
        let (union, chair, _) = applying(&city, "甲厂工会").await;
        departments::send(app, &city.leader, 2016, ONE)
            .await
            .unwrap();
        let input = jianjia_domain::round::veto::VetoInput {
            year: 2016,
            clause: "V2".to_owned(),
            source: "区里的函".to_owned(),
            note: String::new(),
        };
        let recorded = vetoes::record(app, &city.reviewer, &union.id, &input)
            .await
            .unwrap();
        let entry = upheld(&city, &one, (&union, &chair), "1号").await;
        let standing = async || {
            let standing = vetoes::of_unit(app, &chair, &union.id, 2016).await.unwrap();
            standing
                .into_iter()
                .map(|veto| veto.entry)
                .collect::<Vec<_>>()
        };
        assert_eq!(standing().await, [None]);
        // The federation lifts what it recorded itself; the entry stands by a veto of its own.
        vetoes::lift(app, &city.reviewer, &recorded.id, "函已撤销")
            .await
            .unwrap();
        assert_eq!(standing().await, [Some(entry)]);
        entries::decide(app, &one, &entry, "lifted", "已整改")
            .await
            .unwrap();
        assert!(standing().await.is_empty());
    }
}
