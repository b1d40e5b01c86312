//! Two plans one after the other in one instance: what the first decided stays as it was while the second holds.

use std::{collections::BTreeMap, fs, path::Path};

use jianjia_app::{
    core::standard::{self as standards, Standards},
    exchange::{
        import::{machine, templates},
        verification,
    },
    honour::honour as honours,
    round::{
        application::{self as applications, DraftInput},
        naming::{self as namings, ConfirmInput},
        recommendation::{self as recommendations, PlaceInput},
        review as reviews, round as rounds,
    },
    year::{
        activity as activities,
        sheet::{self as sheets, SayInput},
    },
};
use jianjia_documents::sheet;
use jianjia_domain::{
    core::ids::{ApplicationId, HonourId},
    exchange::import::{
        ImportKind,
        fate::{ImportReport, Outcome},
    },
    year::activity::ActivityInput,
};
use jianjia_store::{
    core::standard::StandardTexts,
    honour::honour,
    year::{judgement, standing, statement},
};
use jiff::civil::date;

use crate::{
    city::{RoundCity, cities},
    key, told,
};

const OLD: &str = "trusted-home";

/// The texts of a standard in a folder of this crate.
fn texts(folder: &str) -> StandardTexts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    StandardTexts {
        standard_toml: read("standard.toml"),
        facts_toml: read("facts.toml"),
    }
}

/// The instance begins anew, with these standards given.
async fn restart(city: &mut RoundCity, given: &[&str]) {
    let given: Vec<StandardTexts> = given.iter().map(|folder| texts(folder)).collect();
    let app = &mut city.city.app;
    app.standards = standards::adopt(&app.db, &given, &app.entropy, app.now())
        .await
        .unwrap();
}

const CHANGZHOU: &str = "../../standards/changzhou-2016";
const INVENTED: &str = "fixtures/invented-2021";

/// The union's trusted home of 2016, named in 2017.
async fn named_in_the_first_plan(city: &RoundCity) -> ApplicationId {
    let app = &city.city.app;
    city.holds(&city.union, None, "model-home", 2015).await;
    let id = city.applied(&city.chair, &city.union, OLD).await.id;
    city.endorsed(&id).await;
    city.gives_places(0, 1).await;
    city.looked_through(&id).await;
    let chosen = [(id, city.read(&id).await.revision)];
    let district = &city.district.id;
    recommendations::recommend(app, &city.approver, 2016, OLD, district, &chosen, "r")
        .await
        .unwrap();
    city.on(2017, 3, 8);
    named(city, 2016, OLD, id).await;
    id
}

async fn named(city: &RoundCity, year: i16, title: &str, id: ApplicationId) {
    let app = &city.city.app;
    let preview = namings::preview(app, &city.leader, year, title, &[id])
        .await
        .unwrap();
    let input = ConfirmInput {
        seen: preview.lines.iter().map(|line| line.token()).collect(),
        document_number: "常工发〔2017〕5号".to_owned(),
        request_key: format!("naming of {year}"),
    };
    let naming = namings::confirm(app, &city.leader, year, title, &input)
        .await
        .unwrap();
    assert_eq!(naming.named.len(), 1);
}

/// Everything of 2016 that must stay: the letter's clauses and reasons, the honours, the judgements, where the union stands, what its sheet asks.
async fn of_2016(city: &RoundCity, id: &ApplicationId) -> Vec<String> {
    let app = &city.city.app;
    let letter = applications::view(app, &city.chair, id).await.unwrap();
    let sheet = sheets::read(app, &city.chair, &city.union.id, None, 2016)
        .await
        .unwrap();
    let mut tx = app.db.read().await.unwrap();
    let held = honour::held(&mut tx, &city.union.id, None).await.unwrap();
    let ids: Vec<HonourId> = held
        .iter()
        .filter(|honour| honour.year <= 2020)
        .map(|honour| honour.id)
        .collect();
    let judgements = judgement::of_unit(&mut tx, &city.union.id, 2016)
        .await
        .unwrap();
    let stands = standing::of_unit(&mut tx, &city.union, 2016).await.unwrap();
    drop(tx);
    let mut all = vec![
        format!("{:?} {:?}", letter.title, letter.as_of),
        format!("{:?}", letter.clauses),
        format!("{:?}", letter.because),
        format!("{:?}", letter.events),
        format!("{:?}", letter.round),
        format!("{:?}", sheet.groups(app.standards.of(2016))),
        format!("{judgements:?}"),
        format!("{:?}", stands.map(|stands| stands.verdicts)),
    ];
    for id in ids {
        let honour = honours::view(app, None, &id).await.unwrap().honour;
        let title = app.standards.title(honour.year, &honour.title).unwrap();
        all.push(format!("{honour:?} {:?}", title.name));
    }
    all
}

#[tokio::test]
async fn two_standards_one_after_the_other_and_last_years_decisions_stay() {
    for mut city in cities().await {
        restart(&mut city, &[CHANGZHOU]).await;
        let old = named_in_the_first_plan(&city).await;
        let before = of_2016(&city, &old).await;
        assert!(before.len() > 10, "{before:?}");

        city.on(2021, 5, 10);
        restart(&mut city, &[INVENTED]).await;
        holds_for_its_years(&city.city.app.standards);
        assert_eq!(of_2016(&city, &old).await, before);

        judged_by_the_second_plan(&city).await;
        named_by_the_second_plan(&city).await;
        assert_eq!(of_2016(&city, &old).await, before);
        let app = &city.city.app;
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
        // At the next start both are known, with nothing given.
        let known = standards::known(&app.db, &[]).await.unwrap();
        holds_for_its_years(&known);
    }
}

fn holds_for_its_years(standards: &Standards) {
    let key = |year| standards.of(year).key.as_str();
    let years = [2010, 2016, 2020, 2021, 2025, 2031].map(key);
    let (old, new) = ("changzhou-2016", "invented-2021");
    assert_eq!(years, [old, old, old, new, new, new]);
    assert_eq!(standards.years(), (2016..=2025).collect::<Vec<i16>>());
}

/// The same union in 2021: other questions, other thresholds, other titles, other days.
async fn judged_by_the_second_plan(city: &RoundCity) {
    let app = &city.city.app;
    let (chair, union) = (&city.chair, &city.union);
    let days: Vec<_> = (0..7)
        .map(|month| date(2020, 11, 9).saturating_add(jiff::Span::new().months(month)))
        .collect();
    for day in days {
        // The first of the fixture's activities is of a kind that both plans know.
        city.city.activities(union, &[day]).await;
    }
    city.city.election(union, date(2019, 4, 2), 5, "").await;
    let rated = jianjia_domain::year::totals::RatingTotals::of(
        190,
        [
            ("satisfied", 120),
            ("basically_satisfied", 50),
            ("dissatisfied", 2),
            ("void", 1),
        ],
    );
    city.city.rated(union, 2021, rated).await;
    let sheet = sheets::read(app, chair, &union.id, None, 2021)
        .await
        .unwrap();
    let groups = sheet.groups(app.standards.of(2021));
    let asked: Vec<&str> = groups
        .iter()
        .flat_map(|group| &group.questions)
        .map(|question| question.fact.key.as_str())
        .collect();
    assert_eq!(asked, ["workers", "members", "services_online"]);
    let say = async |members: &str| {
        let sheet = sheets::read(app, chair, &union.id, None, 2021)
            .await
            .unwrap();
        let typed = [
            ("workers", "200"),
            ("members", members),
            ("services_online", "true"),
        ];
        let input = SayInput {
            typed: typed
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
            request_key: format!("said {members}"),
            seen: sheet.seen(),
            ..SayInput::default()
        };
        sheets::say(app, chair, &union.id, None, 2021, &input)
            .await
            .unwrap();
    };
    // Enough for a model home of the first plan, and five too few for the second.
    say("185").await;
    assert_eq!(stands(city).await, [("happy", "unmet"), ("warm", "unmet")]);
    let draft = async |year, title: &str| {
        let input = DraftInput {
            year,
            title: title.to_owned(),
            ..DraftInput::default()
        };
        applications::draft(app, chair, &union.id, &input).await
    };
    assert_eq!(key(draft(2021, OLD).await), "not-found");
    assert_eq!(key(draft(2020, "warm-home").await), "not-found");
    let warm = draft(2021, "warm-home").await.unwrap();
    let early = applications::submit(app, chair, &warm, &city.now(&warm).await).await;
    assert_eq!(key(early), "application/may-not-apply");
    say("190").await;
    // 120 of 172 say that they are satisfied; the first plan would have counted the other 50 too.
    assert_eq!(stands(city).await, [("happy", "unmet"), ("warm", "met")]);
    applications::submit(app, chair, &warm, &city.now(&warm).await)
        .await
        .unwrap();
    reviews::decide(app, &city.approver, &warm, &city.opinion(&warm).await)
        .await
        .unwrap();
    let list = applications::of_unit(app, chair, &union.id, 2021, None)
        .await
        .unwrap();
    let offers: Vec<(&str, Option<i16>)> = list
        .offers
        .iter()
        .map(|offer| (offer.title.as_str(), offer.held_since))
        .collect();
    assert_eq!(offers, [("warm-home", Some(2021)), ("happy-home", None)]);
    let mut tx = app.db.read().await.unwrap();
    let held = honour::held(&mut tx, &union.id, None).await.unwrap();
    let numbers: Vec<&str> = held
        .iter()
        .filter(|honour| honour.year == 2021)
        .map(|honour| honour.number.as_str())
        .collect();
    assert_eq!(numbers, ["常温馨家〔2021〕1号"]);
    let kept = judgement::of_unit(&mut tx, &union.id, 2021).await.unwrap();
    assert!(!kept.is_empty());
    for kept in kept {
        assert_eq!(kept.standard_key, "invented-2021");
    }
    drop(tx);
    let rounds = rounds::list(app).await.unwrap();
    let programmes: BTreeMap<i16, (&str, jiff::civil::Date)> = rounds
        .iter()
        .map(|round| {
            (
                round.year,
                (round.standard_key.as_str(), round.declaration.from),
            )
        })
        .collect();
    assert_eq!(programmes[&2020], ("changzhou-2016", date(2020, 10, 1)));
    assert_eq!(programmes[&2021], ("invented-2021", date(2021, 5, 1)));
}

/// The second plan names, too: by its own route, in its own window and under its own number.
async fn named_by_the_second_plan(city: &RoundCity) {
    const NEW: &str = "happy-home";
    let app = &city.city.app;
    let (union, district) = (&city.union, &city.district.id);
    let answers = [
        ("satisfied", 150),
        ("basically_satisfied", 20),
        ("dissatisfied", 2),
        ("void", 1),
    ];
    let rated = jianjia_domain::year::totals::RatingTotals::of(190, answers);
    city.city.rated(union, 2021, rated).await;
    let input = DraftInput {
        year: 2021,
        title: NEW.to_owned(),
        ..DraftInput::default()
    };
    let id = applications::draft(app, &city.chair, &union.id, &input)
        .await
        .unwrap();
    applications::submit(app, &city.chair, &id, &city.now(&id).await)
        .await
        .unwrap();
    let places = PlaceInput {
        federation: *district,
        title: NEW.to_owned(),
        seen: 0,
        places: "1".to_owned(),
    };
    recommendations::set_places(app, &city.leader, 2021, &[places])
        .await
        .unwrap();
    city.looked_through(&id).await;
    let chosen = [(id, city.read(&id).await.revision)];
    recommendations::recommend(app, &city.approver, 2021, NEW, district, &chosen, "r2021")
        .await
        .unwrap();
    city.on(2021, 7, 2);
    named(city, 2021, NEW, id).await;
    let mut tx = app.db.read().await.unwrap();
    let held = honour::held(&mut tx, &union.id, None).await.unwrap();
    let mut all: Vec<(i16, &str, &str)> = held
        .iter()
        .map(|honour| (honour.year, honour.title.as_str(), honour.number.as_str()))
        .collect();
    all.sort_unstable();
    assert_eq!(
        all,
        [
            (2015, "model-home", ""),
            (2016, "qualified-home", ""),
            (2016, OLD, "常信赖家〔2016〕1号"),
            (2021, NEW, "常幸福家〔2021〕1号"),
            (2021, "warm-home", "常温馨家〔2021〕1号"),
        ]
    );
}

/// Where the union stands in 2021, by tier.
async fn stands(city: &RoundCity) -> Vec<(&'static str, &'static str)> {
    let mut tx = city.city.app.db.read().await.unwrap();
    let stands = standing::of_unit(&mut tx, &city.union, 2021).await.unwrap();
    let verdicts = stands.unwrap().verdicts;
    let known = ["met", "unmet", "unknown", "n/a"];
    assert_eq!(verdicts.len(), 2, "{verdicts:?}");
    ["happy", "warm"]
        .into_iter()
        .map(|tier| {
            let status = known.into_iter().find(|status| verdicts[tier] == *status);
            (tier, status.unwrap())
        })
        .collect()
}

#[tokio::test]
async fn two_standards_given_for_one_year_are_refused() {
    for mut city in cities().await {
        restart(&mut city, &[CHANGZHOU]).await;
        let app = &city.city.app;
        let mut other = texts(INVENTED);
        other.standard_toml = other
            .standard_toml
            .replace("first_year = 2021", "first_year = 2020")
            .replace("from = 2021-01-01", "from = 2020-01-01");
        let given = [texts(CHANGZHOU), other.clone()];
        let both = standards::adopt(&app.db, &given, &app.entropy, app.now()).await;
        let told = format!("{:?}", both.err().unwrap());
        assert!(told.contains("both claim 2020"), "{told}");
        // One that is given now goes before what was adopted earlier.
        let now = standards::adopt(&app.db, &[other], &app.entropy, app.now())
            .await
            .unwrap();
        let key = |year| now.of(year).key.as_str();
        assert_eq!([2019, 2020].map(key), ["changzhou-2016", "invented-2021"]);
    }
}

#[tokio::test]
async fn an_activity_is_of_a_kind_that_its_own_year_has() {
    for mut city in cities().await {
        restart(&mut city, &[CHANGZHOU]).await;
        city.on(2021, 1, 20);
        restart(&mut city, &[INVENTED]).await;
        let app = &city.city.app;
        let log = async |kind: &str, held_on: &str| {
            let input = ActivityInput {
                held_on: held_on.to_owned(),
                kind: kind.to_owned(),
                title: "新年学习".to_owned(),
                ..ActivityInput::default()
            };
            activities::log(app, &city.chair, &city.union.id, &input, vec![], &[], "").await
        };
        log("quality", "2020-12-05").await.unwrap();
        log("online", "2021-01-10").await.unwrap();
        assert_eq!(
            told(log("online", "2020-12-05").await),
            "2020 年的活动分为：素质提升、技能竞赛、困难帮扶、文体娱乐。请改选一类，或者核对日期。"
        );
        assert_eq!(
            told(log("quality", "2021-01-10").await),
            "2021 年的活动分为：线上活动、文体。请改选一类，或者核对日期。"
        );
        // Each counts where it was held: the union is judged anew on both years.
        let mut tx = app.db.read().await.unwrap();
        for (year, tiers) in [
            (2020, vec!["model", "qualified", "trusted"]),
            (2021, vec!["happy", "warm"]),
        ] {
            let stands = standing::of_unit(&mut tx, &city.union, year).await.unwrap();
            let verdicts = stands.unwrap().verdicts;
            assert_eq!(verdicts.keys().collect::<Vec<_>>(), tiers, "{year}");
        }
    }
}

#[tokio::test]
async fn a_table_is_read_by_the_plans_of_its_years() {
    for mut city in cities().await {
        restart(&mut city, &[CHANGZHOU]).await;
        city.on(2021, 1, 20);
        restart(&mut city, &[INVENTED]).await;
        let app = &city.city.app;
        let bring = async |table: &str| -> ImportReport {
            let kind = ImportKind::Sheets;
            machine::at_the_machine(app, kind, "table.csv", table.as_bytes(), false)
                .await
                .unwrap()
        };
        // Both plans ask for the workers, each under a name of its own; the cards are the first plan's, the services the second's.
        let other = "工会名称,年度,已办工会卡\n第一纺织厂工会,2021,140\n";
        let report = bring(other).await;
        let Outcome::Refused { reasons } = &report.rows[0].outcome else {
            panic!("{report:?}");
        };
        assert!(reasons[0].sentence.zh.contains("年度表不问：已办工会卡"));
        let table = "工会名称,年度,职工人数,已办工会卡,网上服务\n\
                     第一纺织厂工会,2020,,140,\n\
                     第一纺织厂工会,2021,,,是\n";
        let report = bring(table).await;
        let outcomes: Vec<&Outcome> = report.rows.iter().map(|row| &row.outcome).collect();
        assert_eq!(outcomes, [&Outcome::New, &Outcome::New]);
        let mut tx = app.db.read().await.unwrap();
        for (year, expect) in [
            (2020, ("cards_issued", serde_json::json!(140))),
            (2021, ("services_online", serde_json::json!(true))),
        ] {
            let facts = statement::facts_of(&mut tx, &city.union.id, None, year)
                .await
                .unwrap();
            let said: Vec<(&str, serde_json::Value)> = facts
                .iter()
                .map(|(key, said)| (key.as_str(), said.value.clone()))
                .collect();
            assert_eq!(said, [expect], "{year}");
        }
        drop(tx);
        let headings = |year: i16| -> Vec<String> {
            let kind = ImportKind::Sheets;
            let template = templates::template(app.standards.of(year), year, kind).unwrap();
            let sheet = sheet::read(&template.bytes, "a.xlsx").unwrap();
            sheet.rows[0].cells.clone()
        };
        assert_eq!(
            headings(2021)[4..],
            ["职工数", "会员数", "换届日期", "任期", "网上服务"]
        );
        let old = headings(2020);
        assert!(old.contains(&"已办工会卡".to_owned()), "{old:?}");
        assert!(!old.contains(&"网上服务".to_owned()), "{old:?}");
    }
}
