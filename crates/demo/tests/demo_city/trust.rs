//! What a reviewer of the demo reads holds together: rolls that differ from the members say why, and nothing is decided that nobody confirmed.

use jianjia_app::round::application as applications;
use jianjia_demo::{self as demo, testing::making::demo_city};
use jianjia_domain::rating::poll::{Poll, roll};
use jianjia_store::rating::poll;
use jiff::civil::date;

use crate::{actor, found};

#[tokio::test]
async fn every_roll_that_is_not_the_members_says_who_votes_and_why() {
    // Of the polls of a year that is over, the members are those of that year.
    for today in [demo::AS_OF, date(2018, 1, 1)] {
        let city = demo_city(today).await;
        let standard = city.app.in_force();
        let rules = &standard.rating.as_ref().unwrap().ballot;
        let rules = rules.as_ref().unwrap();
        let mut tx = city.app.db.read().await.unwrap();
        let walked = poll::after(&mut tx, None, 100).await.unwrap();
        drop(tx);
        let polls: Vec<Poll> = walked.into_iter().map(|met| met.poll.unwrap()).collect();
        for poll in &polls {
            assert!(!poll.plan.voters.is_empty(), "{:?}", poll.plan);
            let is_far = roll::is_far(rules, &poll.plan);
            assert!(
                !is_far || poll.plan.voters != "all-members" && !poll.plan.roll_reason.is_empty(),
                "{today}: {:?}",
                poll.plan
            );
        }
        let of_delegates = polls
            .iter()
            .filter(|poll| poll.plan.voters == "congress-delegates");
        assert_eq!(of_delegates.count(), 1, "{today}");
    }
    // Copied results have no plan: theirs is said in the note.
    let city = demo_city(demo::AS_OF).await;
    let silent = "SELECT unit.name || ': ' || CAST(rating.roll AS TEXT) || ' / ' || CAST(unit.members AS TEXT)
                  FROM rating JOIN unit ON unit.id = rating.unit_id
                  WHERE ABS(rating.roll - unit.members) * 10 > unit.members AND rating.note NOT LIKE '%代表%'
                    AND NOT EXISTS (SELECT 1 FROM poll WHERE poll.unit_id = rating.unit_id AND poll.year = rating.year)";
    assert_eq!(found(&city, silent).await, [""; 0]);
}

#[tokio::test]
async fn what_was_recommended_or_named_was_confirmed_criterion_by_criterion() {
    let city = demo_city(date(2018, 12, 20)).await;
    let reader = actor(&city, "demo.city").await;
    let decided = "SELECT id FROM application
                   WHERE year = 2018 AND (state = 'named' OR recommended_by IS NOT NULL)
                   ORDER BY id";
    let decided = found(&city, decided).await;
    assert!(decided.len() > 20, "{}", decided.len());
    for id in decided {
        let file = applications::view(&city.app, &reader, &id.parse().unwrap())
            .await
            .unwrap();
        let unconfirmed: Vec<&str> = file
            .clauses
            .iter()
            .filter(|row| row.is_claimed())
            .map(|row| row.clause.as_str())
            .collect();
        assert_eq!(
            unconfirmed,
            [""; 0],
            "{} {}",
            file.application.title,
            file.application.applicant_name()
        );
    }
    // Before that, files are confirmed as far as somebody looked.
    let november = demo_city(date(2018, 11, 10)).await;
    let waiting =
        "SELECT id FROM application WHERE state = 'under-review' AND recommended_by IS NULL";
    let mut claimed = 0;
    for id in found(&november, waiting).await {
        let reader = actor(&november, "demo.city").await;
        let file = applications::view(&november.app, &reader, &id.parse().unwrap())
            .await
            .unwrap();
        let clauses = file.clauses;
        claimed += usize::from(clauses.iter().any(|row| row.is_claimed()));
    }
    assert!(claimed > 5, "{claimed}");
}

#[tokio::test]
async fn the_city_names_a_title_in_one_act_of_december_by_one_document() {
    let city = demo_city(date(2020, 12, 31)).await;
    let acts = "SELECT DISTINCT CAST(honour.year AS TEXT) || ' ' || honour.title || ' ' || honour.batch_id || ' '
                  || honour_event.document_number || ' ' || honour.begun_on
                FROM honour
                JOIN honour_event ON honour_event.honour_id = honour.id AND honour_event.act = 'named'
                WHERE honour.source = 'named' AND honour.batch_id <> ''
                ORDER BY 1";
    let acts = found(&city, acts).await;
    assert!(acts.len() > 3, "{acts:?}");
    let mut titles = Vec::new();
    for act in &acts {
        let words: Vec<&str> = act.split(' ').collect();
        let [year, title, _, document, on] = words[..] else {
            panic!("{act}");
        };
        titles.push((year, title));
        assert!(document.starts_with(&format!("常工发〔{year}〕")), "{act}");
        assert!(on.starts_with(&format!("{year}-12-")), "{act}");
    }
    let acts = titles.len();
    titles.dedup();
    assert_eq!(titles.len(), acts);
    // What a federation decides is a title by itself, without a document of the city's.
    let alone = "SELECT DISTINCT title FROM honour WHERE source = 'named' AND batch_id = '' AND title LIKE 'trusted%'";
    assert_eq!(found(&city, alone).await, [""; 0]);
}
