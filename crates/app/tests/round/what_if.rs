//! What a change of the standard would come to is what judging every unit by it comes to, as the database is now, on every node; and nobody's record is
//! touched by it.

#[path = "what_if/people.rs"]
mod people;

use jianjia_app::{
    amending::what_if::{
        self as what_ifs, Effect, MoveFilter, Where,
        proposal::{self as proposals, ListFilter, SaveInput},
    },
    core::{app::App, error::Error, memory::Memory},
    year::assessment,
};
use jianjia_domain::{
    amending::what_if::{Proposal, ProposalState},
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Actor,
        refusal::Refusal,
    },
    year::totals::RatingTotals,
};
use jianjia_standard::{
    Standard,
    judge::judge,
    judgement::Status,
    kinds::Kind,
    what_if::{change::Change, effect::Move},
};
use jianjia_store::{core::schema, exchange::backup, register::unit};
use serde_json::json;

use crate::city::{RoundCity, cities};

fn changes(pairs: &[(&str, &str)]) -> Vec<Change> {
    let read = |(name, value): &(&str, &str)| Change::read(name, value).unwrap();
    pairs.iter().map(read).collect()
}

/// A node that has read nothing yet.
fn another_node(app: &App) -> App {
    App {
        memory: Memory::default(),
        ..app.clone()
    }
}

/// Of a hundred members so many are satisfied.
async fn is_rated(city: &RoundCity, unit: &UnitPlace, satisfied: i64) {
    let answers = [
        ("satisfied", satisfied),
        ("basically_satisfied", 0),
        ("dissatisfied", 100 - satisfied),
        ("void", 0),
    ];
    let counts = RatingTotals::of(100, answers);
    city.city.rated(unit, 2016, counts).await;
}

async fn asked(app: &App, actor: &Actor, pairs: &[(&str, &str)]) -> (Standard, Effect) {
    let stage = what_ifs::stage(app, actor, &Where::default())
        .await
        .unwrap();
    let (changed, _) = stage.changed(&changes(pairs)).unwrap();
    let (year, place) = (stage.year, &stage.place);
    let effect = what_ifs::effect(app, &stage.standard, &changed, year, place)
        .await
        .unwrap();
    (changed, effect)
}

/// Who moves, by title, and how.
fn moved(effect: &Effect, filter: &MoveFilter) -> Vec<(String, String, Move)> {
    let (lines, total) = effect.lines(filter, (1_000, 0));
    assert_eq!(i64::try_from(lines.len()).unwrap(), total);
    lines
        .into_iter()
        .map(|line| (line.title.zh, line.name, line.what))
        .collect()
}

/// The same by judging every unit at and below a path, one by one.
async fn moved_one_by_one(
    app: &App,
    changed: &Standard,
    path: &str,
) -> Vec<(String, String, Move)> {
    let mut tx = app.db.read().await.unwrap();
    let kinds = Kind::ALL.map(Kind::key);
    let places = unit::of_kinds(&mut tx, &kinds).await.unwrap();
    let as_of = assessment::as_of(app, 2016);
    let asked: Vec<_> = places
        .iter()
        .filter(|place| place.path.starts_with(path))
        .map(|place| (place.id, as_of))
        .collect();
    let gathered = assessment::gather(&mut tx, app, &asked, 2016)
        .await
        .unwrap();
    let mut moved = Vec::new();
    for title in &changed.titles {
        for unit in &gathered {
            let status = |standard: &Standard| {
                let judged = judge(standard, &unit.subject, as_of);
                judged.verdict(&title.key).map(|verdict| verdict.status)
            };
            let what = match (status(app.standards.of(2016)), status(changed)) {
                (Some(Status::Met), Some(Status::Unmet)) => Move::Lost,
                (Some(Status::Met), Some(Status::Unknown)) => Move::Unsure,
                (Some(Status::Unmet | Status::Unknown), Some(Status::Met)) => Move::Gained,
                _ => continue,
            };
            let name = unit.register.name.clone();
            moved.push((title.name.zh.clone(), name, what));
        }
    }
    moved.sort();
    moved
}

async fn agrees(city: &RoundCity, nodes: &[&App], pairs: &[(&str, &str)]) {
    for app in nodes {
        for actor in [&city.leader, &city.approver] {
            let (changed, effect) = asked(app, actor, pairs).await;
            let mut found = moved(&effect, &MoveFilter::default());
            found.sort();
            let each = moved_one_by_one(app, &changed, &effect.place.path).await;
            assert_eq!(found, each, "{pairs:?} at {}", effect.place.name);
        }
    }
}

const HIGHER: [(&str, &str); 1] = [("model-home.M5d.0.at_least", "88%")];

#[tokio::test]
async fn from_85_to_88_percent_those_between_lose_the_title_on_both_engines() {
    for city in cities().await {
        let app = &city.city.app;
        for (name, satisfied) in [("甲厂", 84), ("乙厂", 85), ("丙厂", 87), ("丁厂", 88)] {
            let (unit, _) = city.another(name).await;
            is_rated(&city, &unit, satisfied).await;
        }
        let lost = |name: &str| ("模范职工之家".to_owned(), name.to_owned(), Move::Lost);
        let (_, effect) = asked(app, &city.leader, &HIGHER).await;
        let all = MoveFilter::default();
        assert_eq!(moved(&effect, &all), [lost("乙厂"), lost("丙厂")]);
        let title = &effect.titles[1];
        assert_eq!(title.key, "model-home");
        assert_eq!(title.before.met - title.after.met, 2);
        assert_eq!((title.tally.gained, title.tally.lost), (0, 2));
        let places: Vec<(&str, u64)> = effect
            .places
            .iter()
            .map(|found| (found.place.name.as_str(), found.tallies[1].lost))
            .collect();
        assert_eq!(places, [("天宁区总工会", 2)]);
        let kinds: Vec<(Kind, u64)> = effect
            .kinds
            .iter()
            .map(|found| (found.kind, found.tallies[1].lost))
            .collect();
        assert_eq!(kinds, [(Kind::Grassroots, 2)]);

        // The list is narrowed and paged.
        let under = |id: UnitId| MoveFilter {
            under: Some(id),
            ..MoveFilter::default()
        };
        assert_eq!(moved(&effect, &under(city.district.id)).len(), 2);
        assert!(moved(&effect, &under(city.township.id)).is_empty());
        let gained = MoveFilter {
            what: Some(Move::Gained),
            ..MoveFilter::default()
        };
        assert!(moved(&effect, &gained).is_empty());
        let (lines, total) = effect.lines(&all, (1, 1));
        let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!((names, total), (vec!["丙厂"], 2));
        let statuses = (lines[0].before, lines[0].after);
        assert_eq!(statuses, (Some(Status::Met), Some(Status::Unmet)));

        // The other way they gain it.
        let lower = [("model-home.M5d.0.at_least", "84%")];
        let (_, effect) = asked(app, &city.leader, &lower).await;
        let gained = ("模范职工之家".to_owned(), "甲厂".to_owned(), Move::Gained);
        assert_eq!(moved(&effect, &all), [gained]);

        for pairs in [
            &HIGHER[..],
            &lower,
            &[("rating.counts", "satisfied"), ("rating.of", "cast")],
            &[("rating.quorum", "at least 4/5")],
            &[("model-home.M5c.0.at_least", "2")],
            &[
                ("model-home.M5c.0.every", "quarter"),
                ("model-home.M5c.0.periods", "4"),
            ],
            &[("qualified-home.add", "T2"), ("model-home.M5d.drop", "yes")],
            &[("trusted-home.F1.0.at_least", "1%")],
        ] {
            agrees(&city, &[app], pairs).await;
        }
        // What nobody was asked is unknown, never unmet.
        let (_, effect) = asked(app, &city.leader, &[("model-home.add", "new")]).await;
        let met = effect.titles[1].before.met;
        assert!(met > 3, "{met}");
        let tally = effect.titles[1].tally;
        assert_eq!((tally.lost, tally.unsure), (0, met));
    }
}

#[tokio::test]
async fn what_lies_in_memory_follows_what_acts_write_on_every_node_on_both_engines() {
    for city in cities().await {
        let (app, other) = (&city.city.app, &another_node(&city.city.app));
        let nodes = [app, other];
        let lower_share: [(&str, &str); 2] = [
            ("trusted-home.F1.0.at_least", "1%"),
            ("model-home.M5d.0.at_least", "88%"),
        ];
        let pairs = &lower_share[..];
        agrees(&city, &nodes, pairs).await;
        let lost = async |app: &App| {
            let (_, effect) = asked(app, &city.leader, &HIGHER).await;
            effect.titles[1].tally.lost
        };
        let (first, _) = city.another("甲厂").await;
        for app in nodes {
            assert_eq!(lost(app).await, 0, "a new union");
        }
        is_rated(&city, &first, 86).await;
        for app in nodes {
            assert_eq!(lost(app).await, 1, "a rating");
        }
        let no = [("rules_complete".to_owned(), json!(false))].into();
        city.says(&first, None, no).await;
        for app in nodes {
            assert_eq!(lost(app).await, 0, "an answer");
        }
        agrees(&city, &nodes, pairs).await;
        // A federation counts the titles below it.
        city.meets_everything(&city.township).await;
        agrees(&city, &nodes, pairs).await;
        city.holds(&city.union, None, "model-home", 2016).await;
        agrees(&city, &nodes, pairs).await;
        city.another("乙厂").await;
        agrees(&city, &nodes, pairs).await;
        // The job brings it up to date before anybody looks.
        what_ifs::follow(app).await.unwrap();
        agrees(&city, &nodes, pairs).await;
        // Another day judges anew.
        city.on(2016, 12, 20);
        agrees(&city, &nodes, pairs).await;
    }
}

/// Every row of every table but some.
async fn dump(app: &App, without: &[&str]) -> Vec<(String, Vec<serde_json::Value>)> {
    let mut tx = app.db.read().await.unwrap();
    let mut dump = Vec::new();
    for table in schema::tables() {
        if without.contains(&table.name) {
            continue;
        }
        let mut rows = Vec::new();
        backup::each_row(&mut tx, &table, |row| {
            rows.push(row);
            Ok(())
        })
        .await
        .unwrap();
        dump.push((table.name.to_owned(), rows));
    }
    dump
}

fn input(name: &str, reason: &str, key: &str, pairs: &[(&str, &str)]) -> SaveInput {
    SaveInput {
        asked: Where::default(),
        name: name.to_owned(),
        reason: reason.to_owned(),
        changes: changes(pairs),
        request_key: key.to_owned(),
    }
}

fn key(error: Error) -> &'static str {
    match error {
        Error::Refused(Refusal::Fields(fields)) => fields[0].1.key(),
        Error::Refused(refusal) => refusal.key(),
        Error::NotFound => "not found",
        Error::Internal(error) => panic!("{error:#}"),
    }
}

#[tokio::test]
async fn a_proposal_is_kept_for_colleagues_and_touches_nothing_else_on_both_engines() {
    for city in cities().await {
        let app = &city.city.app;
        let whole = dump(app, &[]).await;
        asked(app, &city.leader, &HIGHER).await;
        assert!(dump(app, &[]).await == whole, "looking changes nothing");

        let kept_apart = ["proposal", "audit", "audit_record"];
        let before = dump(app, &kept_apart).await;
        let first = input("满意度 88%", "让会员更满意", "once", &HIGHER);
        let proposal = proposals::propose(app, &city.leader, &first).await.unwrap();
        let again = proposals::propose(app, &city.leader, &first).await.unwrap();
        assert_eq!(again, proposal, "sent twice, it is kept once");
        assert_eq!(proposal.changes, changes(&HIGHER));

        let colleague = city
            .city
            .actor(
                "市里孙主任",
                &[(jianjia_domain::core::policy::Role::Reviewer, &city.top)],
            )
            .await;
        let names = async |actor: &Actor, state: Option<ProposalState>| {
            let filter = ListFilter {
                state,
                text: String::new(),
            };
            let list = proposals::list(app, actor, &filter, 1).await;
            list.map(|page| {
                let names = page.lines.into_iter().map(|line: Proposal| line.name);
                names.collect::<Vec<_>>()
            })
        };
        assert_eq!(names(&colleague, None).await.unwrap(), ["满意度 88%"]);
        assert_eq!(names(&city.approver, None).await.unwrap(), [""; 0]);
        let refused = names(&city.chair, None).await.unwrap_err();
        assert_eq!(key(refused), "not-your-role");
        let id = &proposal.id;
        let hidden = proposals::find(app, &city.approver, id).await.unwrap_err();
        assert_eq!(key(hidden), "not found");

        let other = input(
            "满意度 87%",
            "先走一步",
            "",
            &[("model-home.M5d.0.at_least", "87")],
        );
        let revised = proposals::revise(app, &colleague, (id, 1), &other).await;
        assert_eq!(revised.unwrap().changes[0].value, "87%");
        let stale = proposals::revise(app, &city.leader, (id, 1), &first).await;
        assert_eq!(key(stale.unwrap_err()), "stale");
        let unnamed = input("", "", "", &HIGHER);
        let refused = proposals::revise(app, &city.leader, (id, 2), &unnamed).await;
        assert_eq!(key(refused.unwrap_err()), "what-if/no-name");
        let impossible = input("名称", "理由", "", &[("model-home.M5d.0.at_least", "130")]);
        let refused = proposals::propose(app, &city.leader, &impossible).await;
        assert_eq!(key(refused.unwrap_err()), "what-if/cannot-change");
        let nothing = input("名称", "理由", "", &[("model-home.M5d.0.at_least", "85%")]);
        let refused = proposals::propose(app, &city.leader, &nothing).await;
        assert_eq!(key(refused.unwrap_err()), "what-if/nothing-changed");

        proposals::withdraw(app, &city.leader, (id, 2))
            .await
            .unwrap();
        let again = proposals::withdraw(app, &city.leader, (id, 3)).await;
        assert_eq!(key(again.unwrap_err()), "what-if/withdrawn");
        let open = names(&colleague, Some(ProposalState::Open)).await.unwrap();
        assert_eq!(open, [""; 0]);
        assert_eq!(names(&colleague, None).await.unwrap(), ["满意度 87%"]);
        let now = dump(
            app,
            &[&kept_apart[..], &["account", "account_role"]].concat(),
        )
        .await;
        let before = before
            .into_iter()
            .filter(|(table, _)| !["account", "account_role"].contains(&table.as_str()))
            .collect::<Vec<_>>();
        assert!(now == before, "nobody's record is touched");
    }
}

#[tokio::test]
async fn a_district_looks_at_its_own_units_alone_on_both_engines() {
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
        city.meets_everything(&union).await;
        is_rated(&city, &union, 86).await;
        let lost = async |actor: &Actor| {
            let (_, effect) = asked(app, actor, &HIGHER).await;
            effect.titles[1].tally.lost
        };
        assert_eq!(lost(&city.leader).await, 1);
        assert_eq!(lost(&city.approver).await, 0);
        let at = |place: &UnitPlace| Where {
            year: None,
            place: Some(place.id),
        };
        for place in [&elsewhere, &city.top] {
            let refused = what_ifs::stage(app, &city.approver, &at(place)).await;
            assert_eq!(key(refused.unwrap_err()), "not found");
        }
        let below = what_ifs::stage(app, &city.approver, &at(&city.township)).await;
        assert_eq!(below.unwrap().place.id, city.township.id);
        let refused = what_ifs::stage(app, &city.chair, &Where::default()).await;
        assert_eq!(key(refused.unwrap_err()), "not-your-role");
        let long_ago = Where {
            year: Some(1999),
            place: None,
        };
        let refused = what_ifs::stage(app, &city.leader, &long_ago).await;
        assert_eq!(key(refused.unwrap_err()), "what-if/no-such-year");
    }
}
