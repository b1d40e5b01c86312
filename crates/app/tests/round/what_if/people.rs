//! People's titles: what a change comes to is what judging everybody who applies by it comes to, one by one; and what lies in memory of them follows the
//! trail.

use std::path::Path;

use jianjia_app::{
    amending::what_if::{self as what_ifs, Effect, MoveFilter, MoveLine},
    core::app::App,
    register::person as people,
    round::application::{self as applications, DraftInput},
    year::assessment,
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, PersonId},
        place::{UnitKind, UnitPlace},
        policy::Actor,
    },
    register::person::Post,
};
use jianjia_standard::{
    Standard,
    judge::judge,
    judgement::{Judgement, Reason, Status},
    kinds::Kind,
    load,
    subject::Subject,
    what_if::effect::Move,
};
use serde_json::json;

use super::{another_node, asked, dump};
use crate::city::{RoundCity, cities};

const WORKER: &str = "outstanding-worker";

const QUESTIONS: [&str; 5] = [
    "loyal_and_devoted",
    "firm_and_disciplined",
    "upright_and_diligent",
    "outstanding_results",
    "workers_satisfied",
];

const DROPPED: [(&str, &str); 1] = [("outstanding-worker.W1.drop", "yes")];
const ASKED_ANEW: [(&str, &str); 1] = [("outstanding-worker.add", "new")];

/// Somebody whose sheet answers some of the questions.
async fn somebody(
    city: &RoundCity,
    unit: &UnitPlace,
    (name, post): (&str, Post),
    answers: &[(&str, bool)],
) -> PersonId {
    let id = city.city.person(unit, name, post).await;
    let facts = answers.iter();
    let facts = facts.map(|(key, answer)| ((*key).to_owned(), json!(answer)));
    city.says(unit, Some(&id), facts.collect()).await;
    id
}

/// A unit, somebody of it, and the name.
type Known = (UnitPlace, PersonId, String);

/// People in unions of every sort, with answers, titles and vetoes as a small wheel of numbers gives them.
async fn a_register(city: &RoundCity, mut seed: u64) -> Vec<Known> {
    let mut draw = move |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let (trusted, _) = city.another("乙厂").await;
    let (vetoed, _) = city.another("丙厂").await;
    let branch = city
        .city
        .unit(Some(&trusted), UnitKind::Branch, "乙厂一车间分会")
        .await;
    for union in [&trusted, &vetoed] {
        city.holds(union, None, "trusted-home", 2016).await;
    }
    city.vetoed(&vetoed, "V1").await;
    let units = [
        &city.union,
        &trusted,
        &vetoed,
        &branch,
        &city.township,
        &city.district,
    ];
    let posts = [Post::Chair, Post::Worker, Post::Officer, Post::Social];
    let mut everybody = Vec::new();
    for number in 0..30_usize {
        let unit = units[number % units.len()];
        let post = posts[usize::try_from(draw(4)).unwrap()];
        let name = format!("第{number}位");
        let is_good = draw(2) == 0;
        let mut answers = Vec::new();
        for question in QUESTIONS {
            match draw(6) {
                0 if !is_good => {}
                1 if !is_good => answers.push((question, false)),
                _ => answers.push((question, true)),
            }
        }
        let id = somebody(city, unit, (&name, post), &answers).await;
        if draw(2) == 0 {
            city.holds(unit, Some(&id), WORKER, 2016).await;
        }
        everybody.push((unit.clone(), id, name));
    }
    everybody
}

/// Where somebody stands by what an application would be told.
fn status(judged: &Judgement, title: &str) -> Option<Status> {
    let may = judged.may_apply.get(title)?;
    if may.allowed {
        return Some(Status::Met);
    }
    let is_only_unknown = |reason: &Reason| match reason {
        Reason::Criteria(clause) => {
            let mut criteria = judged.verdicts.iter().flat_map(|verdict| &verdict.criteria);
            criteria.all(|found| {
                found.clause != *clause || matches!(found.status, Status::Unknown | Status::Met)
            })
        }
        _ => false,
    };
    let is_unknown = may.because.iter().all(is_only_unknown);
    Some(if is_unknown {
        Status::Unknown
    } else {
        Status::Unmet
    })
}

/// The lines of people.
fn lines(effect: &Effect) -> Vec<MoveLine> {
    let (lines, _) = effect.lines(&MoveFilter::default(), (1_000, 0));
    let of_people = lines.into_iter().filter(|line| line.person.is_some());
    of_people.collect()
}

/// Who moves, by title and name, and how.
fn moved(effect: &Effect) -> Vec<(String, String, Move)> {
    let mut moved: Vec<_> = lines(effect)
        .into_iter()
        .map(|line| (line.title.zh, line.person.unwrap().name, line.what))
        .collect();
    moved.sort();
    moved
}

/// The same by judging each, with how many there are.
async fn each(
    app: &App,
    everybody: &[Known],
    (from, to): (&Standard, &Standard),
    place: &UnitPlace,
) -> (Vec<(String, String, Move)>, u64) {
    let as_of = assessment::as_of(app, 2016);
    let (mut moved, mut people) = (Vec::new(), 0);
    let titles: Vec<&str> = to
        .titles
        .iter()
        .chain(
            from.titles
                .iter()
                .filter(|title| to.title(&title.key).is_none()),
        )
        .map(|title| title.key.as_str())
        .collect();
    let mut tx = app.db.read().await.unwrap();
    for (unit, id, name) in everybody {
        if !unit.path.starts_with(&place.path) {
            continue;
        }
        people += 1;
        let found = assessment::assess(&mut tx, app, &unit.id, Some(id), 2016, as_of)
            .await
            .unwrap();
        let by = |standard: &Standard, subject: &Subject| judge(standard, subject, as_of);
        let (before, after) = (by(from, &found.subject), by(to, &found.subject));
        for title in &titles {
            let (was, is) = (status(&before, title), status(&after, title));
            let met = Some(Status::Met);
            let what = match (was == met, is) {
                (false, Some(Status::Met)) => Move::Gained,
                (true, Some(Status::Unmet) | None) => Move::Lost,
                (true, Some(Status::Unknown)) => Move::Unsure,
                _ => continue,
            };
            let named = to.title(title).or_else(|| from.title(title)).unwrap();
            moved.push((named.name.zh.clone(), name.clone(), what));
        }
    }
    moved.sort();
    (moved, people)
}

async fn agrees(
    app: &App,
    everybody: &[Known],
    (from, to): (&Standard, &Standard),
    place: &UnitPlace,
) -> usize {
    let effect = what_ifs::effect(app, from, to, 2016, place).await.unwrap();
    let (moves, people) = each(app, everybody, (from, to), place).await;
    assert_eq!(moved(&effect), moves, "at {}", place.name);
    assert_eq!(effect.people, people);
    for (at, title) in effect.titles.iter().enumerate() {
        let tally = title.tally;
        let of_places = effect.places.iter().map(|place| place.tallies[at]);
        let gained: u64 = of_places.clone().map(|tally| tally.gained).sum();
        let left: u64 = of_places.map(|tally| tally.lost + tally.unsure).sum();
        assert_eq!((gained, left), (tally.gained, tally.lost + tally.unsure));
        assert_eq!(
            title.before.met + tally.gained - tally.lost - tally.unsure,
            title.after.met,
            "{}",
            title.key
        );
    }
    moves.len()
}

#[tokio::test]
async fn peoples_titles_come_to_what_judging_each_by_the_change_comes_to_on_both_engines() {
    let next = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2021");
    let next = load::folder(&next).unwrap();
    for (number, city) in cities().await.into_iter().enumerate() {
        let app = &city.city.app;
        let everybody = a_register(&city, number as u64 + 7).await;
        let whole = dump(app, &[]).await;
        let own = app.standards.of(2016).clone();
        let mut moved = 0;
        for pairs in [
            &DROPPED[..],
            &ASKED_ANEW,
            &[("outstanding-worker.W1.0.of", "any")],
            &[("trusted-kin.add", "new")],
            &[
                ("outstanding-worker.W1.drop", "yes"),
                ("trusted-kin.add", "W1"),
            ],
            // What unions need is nothing that people are asked: the union's title is what it holds.
            &[("trusted-home.add", "new"), ("model-home.M5d.drop", "yes")],
        ] {
            let (changed, _) = asked(app, &city.leader, pairs).await;
            for place in [&city.top, &city.district, &city.township] {
                moved += agrees(app, &everybody, (&own, &changed), place).await;
                moved += agrees(app, &everybody, (&changed, &own), place).await;
            }
        }
        assert!(moved > 40, "{moved} moved");
        // Another plan, with titles of its own.
        agrees(app, &everybody, (&own, &next), &city.top).await;
        agrees(app, &everybody, (&next, &own), &city.top).await;

        assert!(dump(app, &[]).await == whole, "nobody's record is touched");

        // The people of a federation that holds no title are told apart from those of unions.
        let (_, effect) = asked(app, &city.leader, &ASKED_ANEW).await;
        for line in lines(&effect) {
            let is_of_district = line.unit == city.district.id;
            assert_eq!(line.kind == Kind::Person, is_of_district, "{}", line.name);
            let because = line.person.unwrap().because;
            let expect = [Reason::Criteria("new".to_owned())];
            assert_eq!((line.what, because.as_slice()), (Move::Unsure, &expect[..]));
        }
    }
}

async fn drafted(city: &RoundCity, unit: &UnitPlace, person: PersonId) -> ApplicationId {
    let input = DraftInput {
        year: 2016,
        title: WORKER.to_owned(),
        person: Some(person),
        story: "为职工办了三件实事".to_owned(),
        ..DraftInput::default()
    };
    applications::draft(&city.city.app, &city.chair, &unit.id, &input)
        .await
        .unwrap()
}

#[tokio::test]
async fn who_applies_and_what_is_said_of_them_is_followed_on_every_node_on_both_engines() {
    for city in cities().await {
        let (app, other) = (&city.city.app, &another_node(&city.city.app));
        // Who moves by a change, and whether they applied for the title; the same on both nodes.
        let moved = async |pairs: &[(&str, &str)]| {
            let mut told = Vec::new();
            for app in [app, other] {
                let (_, effect) = asked(app, &city.leader, pairs).await;
                let people = lines(&effect).into_iter().filter_map(|line| line.person);
                let names: Vec<(String, bool)> = people
                    .map(|person| (person.name, person.has_applied))
                    .collect();
                told.push(names);
            }
            assert_eq!(told[0], told[1]);
            told.swap_remove(0)
        };
        let named = |name: &str, applied: bool| (name.to_owned(), applied);
        let nobody: [(String, bool); 0] = [];
        assert_eq!(moved(&DROPPED).await, nobody);

        let union = &city.union;
        let mut answers = QUESTIONS.map(|question| (question, true));
        answers[4].1 = false;
        somebody(&city, union, ("张三", Post::Worker), &answers).await;
        assert_eq!(moved(&DROPPED).await, [named("张三", false)]);
        assert_eq!(moved(&ASKED_ANEW).await, nobody);
        let good = city.person(union, "李四", Post::Worker).await;
        assert_eq!(moved(&ASKED_ANEW).await, [named("李四", false)]);

        // A draft is the union's own, and tells nobody anything.
        let id = drafted(&city, union, good).await;
        assert_eq!(moved(&ASKED_ANEW).await, [named("李四", false)]);
        let expected = city.now(&id).await;
        applications::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        assert_eq!(moved(&ASKED_ANEW).await, [named("李四", true)]);
        let expected = city.now(&id).await;
        applications::withdraw(app, &city.chair, &id, "明年再说", &expected)
            .await
            .unwrap();
        assert_eq!(moved(&ASKED_ANEW).await, [named("李四", false)]);

        // A fact changes.
        let no = [("outstanding_results".to_owned(), json!(false))].into();
        city.says(union, Some(&good), no).await;
        assert_eq!(moved(&ASKED_ANEW).await, nobody);
        let both = [named("张三", false), named("李四", false)];
        let mut gained = moved(&DROPPED).await;
        gained.sort();
        let mut expect = both.to_vec();
        expect.sort();
        assert_eq!(gained, expect);
        people::leave(app, &city.chair, &union.id, &good, "2016-10-20", 1)
            .await
            .unwrap();
        assert_eq!(moved(&DROPPED).await, [named("张三", false)]);

        // What bars the union bars its chair, and a title that it holds lets its people apply.
        let (trusted, _) = city.another("乙厂").await;
        let chair = city.person(&trusted, "赵主席", Post::Chair).await;
        let asked_of_kin = [("trusted-kin.add", "new")];
        city.holds(&trusted, Some(&chair), WORKER, 2016).await;
        assert_eq!(moved(&asked_of_kin).await, nobody);
        city.holds(&trusted, None, "trusted-home", 2016).await;
        assert_eq!(moved(&asked_of_kin).await, [named("赵主席", false)]);
        city.vetoed(&trusted, "V1").await;
        assert_eq!(moved(&asked_of_kin).await, nobody);

        // The job brings it up to date before anybody looks, and another day judges anew.
        what_ifs::follow(app).await.unwrap();
        assert_eq!(moved(&DROPPED).await, [named("张三", false)]);
        city.on(2016, 12, 20);
        assert_eq!(moved(&DROPPED).await, [named("张三", false)]);
    }
}

#[tokio::test]
async fn a_district_looks_at_its_own_people_alone_on_both_engines() {
    for city in cities().await {
        let app = &city.city.app;
        let elsewhere = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let union = city
            .city
            .unit(Some(&elsewhere), UnitKind::Grassroots, "钟楼印刷厂工会")
            .await;
        city.person(&union, "钱七", Post::Worker).await;
        city.person(&city.union, "孙六", Post::Worker).await;
        let names = async |actor: &Actor| {
            let (_, effect) = asked(app, actor, &ASKED_ANEW).await;
            let people = lines(&effect).into_iter().filter_map(|line| line.person);
            (
                people.map(|person| person.name).collect::<Vec<_>>(),
                effect.people,
            )
        };
        let both = vec!["孙六".to_owned(), "钱七".to_owned()];
        assert_eq!(names(&city.leader).await, (both, 2));
        let own = vec!["孙六".to_owned()];
        assert_eq!(names(&city.approver).await, (own, 1));
    }
}
