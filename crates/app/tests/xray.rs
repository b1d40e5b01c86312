//! Stories of the x-ray, on both databases: a contradiction is found, asked about, answered, corrected, explained; photos that look alike; who sees what; and
//! that no verdict knows of it.

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, imageops::FilterType};
use jianjia_app::{
    core::{
        error::Error,
        job::{
            Lane,
            worker::{Node, arm, run_due_once},
        },
    },
    insight::{
        doubt::{self as doubts, DoubtQuery, Handling, HandlingInput, StateWanted},
        xray,
    },
    year::{
        evidence::{self, File},
        standing,
    },
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::{
    core::{
        ids::DoubtId,
        job::JobState,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    insight::{
        doubt::{Doubt, DoubtAct, DoubtState},
        xray::Figures,
    },
    year::evidence::Target,
};
use jianjia_store::testing;
use jiff::civil::{Date, date};
use serde_json::json;

const TODAY: Date = date(2016, 10, 20);

struct Place {
    city: TestCity,
    district: UnitPlace,
    union: UnitPlace,
    other: UnitPlace,
    chair: Actor,
    neighbour: Actor,
    reviewer: Actor,
    stranger: Actor,
    node: Node,
}

async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for city in both(TODAY).await {
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let elsewhere = city
            .unit(Some(&top), UnitKind::District, "钟楼区总工会")
            .await;
        let union = city
            .unit(Some(&district), UnitKind::Grassroots, "第一纺织厂工会")
            .await;
        let other = city
            .unit(Some(&district), UnitKind::Grassroots, "第二纺织厂工会")
            .await;
        places.push(Place {
            chair: city.actor("王主席", &[(Role::Chair, &union)]).await,
            neighbour: city.actor("邻居", &[(Role::Chair, &other)]).await,
            reviewer: city.actor("区审核", &[(Role::Reviewer, &district)]).await,
            stranger: city.actor("别区", &[(Role::Approver, &elsewhere)]).await,
            node: Node::new(&city.app, jianjia_app::WORKS),
            city,
            district,
            union,
            other,
        });
    }
    places
}

impl Place {
    async fn said(&self, unit: &UnitPlace, workers: i64, members: i64) {
        let answers = [("workers", workers), ("members", members)];
        let answers = answers.map(|(key, number)| (key.to_owned(), json!(number)));
        self.city.said(unit, None, 2016, &answers.into()).await;
    }

    /// Has the district's data looked through.
    async fn run(&self) {
        let app = &self.city.app;
        let job = xray::run(app, &self.reviewer, &self.district.id, 2016).await;
        let job = job.unwrap();
        let done = run_due_once(app, &self.node, Lane::Long).await.unwrap();
        assert_eq!(done, Some(job));
        let job = jianjia_app::core::job::find(app, &self.reviewer, &job).await;
        let job = job.unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.error);
    }

    /// Those of a rule, in whatever state.
    async fn of_rule(&self, rule: &str) -> Vec<Doubt> {
        let query = DoubtQuery {
            rule: rule.to_owned(),
            state: StateWanted::Any,
            ..DoubtQuery::default()
        };
        let page = doubts::page(&self.city.app, &self.reviewer, &query, 1).await;
        page.unwrap().lines
    }

    async fn only(&self, rule: &str) -> Doubt {
        let mut found = self.of_rule(rule).await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    async fn handle(&self, handling: Handling, doubt: &Doubt, text: &str) -> Result<Doubt, Error> {
        let input = HandlingInput {
            seen: vec![format!("{}~{}", doubt.id, doubt.revision)],
            text: text.to_owned(),
            answer_by: "2016-11-10".to_owned(),
        };
        let done = doubts::carry_out(&self.city.app, &self.reviewer, handling, &input).await;
        done.map(|mut done| done.remove(0))
    }

    async fn acts(&self, id: &DoubtId) -> Vec<DoubtAct> {
        let view = doubts::find(&self.city.app, &self.reviewer, id).await;
        let events = view.unwrap().events;
        events.iter().map(|event| event.act).collect()
    }
}

fn key<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(Error::NotFound) => "not-found",
        Err(Error::Refused(refusal)) => refusal.key(),
        Err(Error::Internal(error)) => panic!("{error:?}"),
    }
}

const OVER: &str = "members-over-workers";

#[tokio::test]
async fn what_is_asked_about_and_corrected_closes_by_itself() {
    for place in places().await {
        let app = &place.city.app;
        place.said(&place.union, 100, 120).await;
        place.said(&place.other, 100, 90).await;
        place.run().await;
        let found = place.only(OVER).await;
        assert_eq!((found.unit, found.state), (place.union.id, DoubtState::New));
        // Before it is asked the union knows nothing of it, and neither do others ever.
        for actor in [&place.chair, &place.neighbour, &place.stranger] {
            assert_eq!(key(doubts::find(app, actor, &found.id).await), "not-found");
        }
        let all = DoubtQuery::default();
        let of_chair = doubts::page(app, &place.chair, &all, 1).await;
        assert_eq!(key(of_chair), "not-your-role");
        let of_stranger = doubts::page(app, &place.stranger, &all, 1).await.unwrap();
        assert_eq!((of_stranger.total, of_stranger.counts.len()), (0, 0));
        let answer = doubts::answer(app, &place.chair, &found.id, "没有错").await;
        assert_eq!(key(answer), "not-found");

        let asked = place.handle(Handling::Ask, &found, "请核对").await.unwrap();
        assert_eq!(asked.state, DoubtState::Asked);
        // Sent twice it is done once; from an older page by another text it is stale.
        let again = place.handle(Handling::Ask, &found, "请核对").await.unwrap();
        assert_eq!(again.revision, asked.revision);
        let stale = place.handle(Handling::SetAside, &found, "不问了").await;
        assert_eq!(key(stale), "stale");
        let view = doubts::find(app, &place.chair, &found.id).await.unwrap();
        assert!(view.may_answer && !view.may_handle && !view.is_office);
        let neighbour = doubts::find(app, &place.neighbour, &found.id).await;
        assert_eq!(key(neighbour), "not-found");
        let (_, own) = doubts::asked_of(app, &place.chair, &place.union.id)
            .await
            .unwrap();
        assert_eq!(own.len(), 1);

        let text = "去年的数，正在核对";
        doubts::answer(app, &place.chair, &found.id, text)
            .await
            .unwrap();
        doubts::answer(app, &place.chair, &found.id, text)
            .await
            .unwrap();
        let compared = doubts::compare_again(app, &place.chair, &found.id).await;
        assert!(
            compared.unwrap().state.is_open(),
            "nothing was corrected yet"
        );
        place.said(&place.union, 130, 120).await;
        let compared = doubts::compare_again(app, &place.chair, &found.id).await;
        assert_eq!(compared.unwrap().state, DoubtState::Corrected);
        assert_eq!(
            place.acts(&found.id).await,
            [
                DoubtAct::Raised,
                DoubtAct::Asked,
                DoubtAct::Answered,
                DoubtAct::Corrected
            ]
        );
        let over = place.handle(Handling::Explain, &asked, "好的").await;
        assert_eq!(key(over), "doubt/not-open");
    }
}

#[tokio::test]
async fn what_was_explained_is_raised_again_on_other_facts_alone() {
    for place in places().await {
        place.said(&place.union, 100, 120).await;
        place.run().await;
        let found = place.only(OVER).await;
        let bare = place.handle(Handling::Explain, &found, " ").await;
        assert_eq!(key(bare), "fields");
        place
            .handle(Handling::Explain, &found, "含退休人员，已看过名册")
            .await
            .unwrap();
        place.run().await;
        let same = place.only(OVER).await;
        assert_eq!((same.id, same.state), (found.id, DoubtState::Explained));
        place.said(&place.union, 100, 140).await;
        place.run().await;
        let changed = place.only(OVER).await;
        assert_eq!((changed.id, changed.state), (found.id, DoubtState::New));
        let Figures::Over { count, of } = &changed.figures else {
            panic!("{changed:?}");
        };
        assert_eq!((count.value, of.value), (140, 100));
        // Back at what was explained, there is nothing to ask.
        place.said(&place.union, 100, 120).await;
        place.run().await;
        assert_eq!(place.only(OVER).await.state, DoubtState::Corrected);
        place.run().await;
        assert_eq!(place.only(OVER).await.state, DoubtState::Corrected);
    }
}

#[tokio::test]
async fn each_night_what_changed_is_looked_at() {
    for place in places().await {
        let app = &place.city.app;
        arm(app, &place.node).await.unwrap();
        place.said(&place.union, 100, 120).await;
        app.clock.set(date(2016, 10, 21));
        let run = async || run_due_once(app, &place.node, Lane::Long).await.unwrap();
        // With the nights' other long jobs.
        let night = async || {
            let mut ran = 0;
            while run().await.is_some() {
                ran += 1;
            }
            ran
        };
        assert!(night().await > 0);
        let found = place.only(OVER).await;
        assert_eq!(night().await, 0, "the next one is tomorrow's");
        place.said(&place.union, 100, 80).await;
        place.said(&place.other, 50, 70).await;
        app.clock.set(date(2016, 10, 22));
        assert!(night().await > 0);
        let mut all = place.of_rule(OVER).await;
        all.sort_by_key(|doubt| doubt.id != found.id);
        let states: Vec<_> = all.iter().map(|doubt| (doubt.unit, doubt.state)).collect();
        assert_eq!(
            states,
            [
                (place.union.id, DoubtState::Corrected),
                (place.other.id, DoubtState::New)
            ]
        );
    }
}

/// What decides something, as it is kept.
async fn verdicts(place: &Place) -> Vec<String> {
    let mut tx = place.city.app.db.read().await.unwrap();
    let mut found = Vec::new();
    for sql in [
        "SELECT unit_id || ' ' || year || ' ' || verdicts FROM standing ORDER BY unit_id, year",
        "SELECT id || ' ' || verdict FROM judgement ORDER BY id",
        "SELECT id || ' ' || state FROM application ORDER BY id",
        "SELECT id || ' ' || state FROM honour ORDER BY id",
    ] {
        found.extend(testing::texts(&mut tx, sql).await);
    }
    found
}

#[tokio::test]
async fn no_verdict_knows_of_it() {
    for place in places().await {
        let app = &place.city.app;
        place.said(&place.union, 100, 95).await;
        place.said(&place.other, 900, 880).await;
        let before_that = [("workers", 10), ("members", 10)];
        let before_that = before_that.map(|(key, number)| (key.to_owned(), json!(number)));
        let of_last_year = before_that.into();
        place
            .city
            .said(&place.other, None, 2015, &of_last_year)
            .await;
        let units = [place.union.id, place.other.id];
        standing::bring_up_to_date(app, units, 2016).await.unwrap();
        let before = verdicts(&place).await;
        assert_eq!(before.len(), 2, "{before:?}");
        place.run().await;
        let found = place.of_rule("people-far-from-last-year").await;
        assert!(!found.is_empty());
        place.handle(Handling::Ask, &found[0], "").await.unwrap();
        standing::bring_up_to_date(app, units, 2016).await.unwrap();
        assert_eq!(verdicts(&place).await, before);
    }
}

/// A picture of nine by eight places, each of a shade of its own; seeds by which no two beside each other come out nearly the same.
fn picture(seed: u32, (width, height): (u32, u32)) -> File {
    let shade = |place: u32| {
        let mut bits = place
            .wrapping_mul(2_654_435_761)
            .wrapping_add(seed.wrapping_mul(40_503_u32.wrapping_mul(65_537)))
            .wrapping_add(seed);
        bits = (bits ^ (bits >> 15)).wrapping_mul(2_246_822_519);
        bits ^= bits >> 13;
        (bits % 8 * 32) as u8
    };
    let whole = DynamicImage::ImageRgb8(RgbImage::from_fn(720, 640, |x, y| {
        Rgb([shade(y / 80 * 9 + x / 80); 3])
    }));
    let mut bytes = Cursor::new(Vec::new());
    whole
        .resize_exact(width, height, FilterType::Triangle)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    File {
        name: format!("活动{seed}.png"),
        bytes: Bytes::from(bytes.into_inner()),
    }
}

#[tokio::test]
async fn a_photo_in_two_unions_files_is_found_and_a_different_one_is_not() {
    for place in places().await {
        let app = &place.city.app;
        let used = || Some((2016, Target::Fact("chair_elected".to_owned())));
        for (chair, unit, photo) in [
            (&place.chair, &place.union, picture(156, (720, 640))),
            (&place.neighbour, &place.other, picture(156, (360, 330))),
            (&place.neighbour, &place.other, picture(202, (720, 640))),
        ] {
            evidence::upload(app, chair, &unit.id, vec![photo], used())
                .await
                .unwrap();
        }
        place.run().await;
        let mut found = place.of_rule("one-photo-in-several-files").await;
        found.sort_by_key(|doubt| doubt.unit);
        let told: Vec<_> = found
            .iter()
            .map(|doubt| match &doubt.figures {
                Figures::SamePhoto {
                    name,
                    others,
                    count,
                    ..
                } => (doubt.unit, name.as_str(), others[0].unit, *count),
                other => panic!("{other:?}"),
            })
            .collect();
        let mut expect = [
            (place.union.id, "活动156.png", place.other.id, 1),
            (place.other.id, "活动156.png", place.union.id, 1),
        ];
        expect.sort_by_key(|(unit, ..)| *unit);
        assert_eq!(told, expect);
        let view = doubts::find(app, &place.reviewer, &found[0].id)
            .await
            .unwrap();
        assert_eq!(view.seen_others, [true]);
        // Whoever is asked is not told whose the other is.
        let own = found.iter().find(|doubt| doubt.unit == place.union.id);
        let asked = place.handle(Handling::Ask, own.unwrap(), "").await.unwrap();
        let view = doubts::find(app, &place.chair, &asked.id).await.unwrap();
        assert_eq!((view.is_office, view.seen_others), (false, vec![false]));
    }
}
