use jianjia_standard::{figure::Rate, programme::RiskClass};
use uuid::Uuid;

use super::*;
use crate::core::{policy::any_permit, refusal::Refuse};

mod crosswise;

const TODAY: Date = jiff::civil::date(2016, 12, 1);

fn now() -> Timestamp {
    Timestamp::from_second(1_480_600_000).unwrap()
}

fn standard() -> Standard {
    let facts = include_str!("../../../../../standards/changzhou-2016/facts.toml");
    let standard = include_str!("../../../../../standards/changzhou-2016/standard.toml");
    jianjia_standard::load::texts(standard, facts).unwrap()
}

fn place(number: u128, kind: UnitKind, path: &str) -> UnitPlace {
    UnitPlace {
        id: UnitId(Uuid::from_u128(number)),
        kind,
        name: format!("单位{number}"),
        path: path.to_owned(),
    }
}

fn right_under() -> Vec<UnitPlace> {
    vec![
        place(1, UnitKind::City, "/1/"),
        place(2, UnitKind::District, "/1/2/"),
        place(3, UnitKind::Industry, "/1/3/"),
        place(4, UnitKind::Direct, "/1/4/"),
    ]
}

fn home(number: u32, path: &str) -> Home {
    Home {
        unit: UnitId(Uuid::from_u128(u128::from(number))),
        unit_path: path.to_owned(),
        unit_number: i64::from(number),
        unit_name: format!("单位{number}"),
        honour: HonourId(Uuid::from_u128(u128::from(number))),
        signals: Signals {
            sheet: Some((10, 10)),
            ..Signals::default()
        },
    }
}

/// Forty unions in a district, of which ten share photos, two of an industry federation, and one right under the city.
fn homes() -> Vec<Home> {
    let mut homes: Vec<Home> = (100..140)
        .map(|number| home(number, &format!("/1/2/{number}/")))
        .collect();
    for home in &mut homes[..10] {
        home.signals.shared_photos = 3;
        home.signals.is_first_time = true;
    }
    homes.extend([home(200, "/1/3/200/"), home(3, "/1/3/"), home(4, "/1/4/")]);
    homes
}

fn rules() -> programme::SpotCheck {
    let standard = standard();
    let class = |key: &str, from, share: &str| RiskClass {
        key: key.to_owned(),
        name: Text::default(),
        from,
        share: share.parse::<Rate>().unwrap(),
    };
    programme::SpotCheck {
        minimum: 2,
        classes: vec![class("high", 50, "25%"), class("low", 0, "5%")],
        ..super::rules(&standard).unwrap().clone()
    }
}

fn planned() -> Plan {
    plan(&standard(), &rules(), homes(), &right_under())
}

#[test]
fn sizes_are_the_share_rounded_up_and_no_less_than_the_minimum() {
    let told: Vec<(String, i64, i64)> = planned()
        .strata
        .into_iter()
        .map(|stratum| (stratum.name, stratum.units, stratum.sample))
        .collect();
    let expected = [
        // 25 % of 10.
        ("2-high", 10, 3),
        // 5 % of 30.
        ("2-low", 30, 2),
        // The minimum is all there are; the federation itself stands in its own stratum.
        ("3-low", 2, 2),
        // What leads nobody is the city's own.
        ("1-low", 1, 1),
    ]
    .map(|(name, units, sample)| (name.to_owned(), units, sample));
    assert_eq!(told, expected);
    assert_eq!(planned().sample(), 8);
    assert_eq!(planned().units[0].stratum, "2-high");
}

fn publication(plan: &Plan) -> Publication {
    Publication {
        lottery_name: "双色球".to_owned(),
        lottery_issue: "2016149".to_owned(),
        lottery_on: Some(jiff::civil::date(2016, 12, 20)),
        inspectors: Vec::new(),
        seen: plan.seen.clone(),
    }
}

fn published() -> Result<Published, Refusal> {
    published_as(&publication(&planned()))
}

fn published_as(publication: &Publication) -> Result<Published, Refusal> {
    let standard = standard();
    let rules = rules();
    let of = Publishing {
        id: SpotCheckId(Uuid::from_u128(9)),
        year: 2016,
        standard: &standard,
        rules: &rules,
        by: None,
        by_name: "市总",
        today: TODAY,
        now: now(),
    };
    let mut nonces = 0;
    publish(
        &any_permit(act::HoldSpotCheck),
        &of,
        planned(),
        publication,
        || {
            nonces += 1;
            format!("{nonces:032}")
        },
    )
}

fn done(seed: &str) -> DrawDone {
    DrawDone {
        seed: seed.to_owned(),
        due_on: jiff::civil::date(2017, 2, 20),
        by: None,
        by_name: "市总".to_owned(),
        at: now(),
    }
}

fn drawn(published: &Published, seed: &str) -> Result<Vec<Visit>, Refusal> {
    let mut ids = 0;
    visits(
        &published.check,
        &done(seed),
        &published.file,
        &published.units,
        || {
            ids += 1;
            VisitId(Uuid::from_u128(ids))
        },
    )
}

#[test]
fn what_is_drawn_is_drawn_from_the_file_that_was_published() {
    let published = published().unwrap();
    let frame = draw::read_frame(&published.file).unwrap();
    assert_eq!(
        published.check.frame_hash,
        draw::hash(published.file.as_bytes())
    );
    assert_eq!((published.check.units, published.check.sample), (43, 8));
    assert!(
        published
            .file
            .contains("\nseed 2016-12-20 2016149 双色球\n")
    );
    // Nobody sees from the file who is in it.
    assert!(!published.file.contains("单位"));
    let visits = drawn(&published, "03071519223108").unwrap();
    let told: Vec<&String> = visits.iter().map(|visit| &visit.entry).collect();
    let of_file = draw::draw(&frame, "03071519223108");
    let expected: Vec<&String> = of_file.iter().map(|drawn| &drawn.unit).collect();
    assert_eq!(told, expected);
    assert_ne!(
        told,
        drawn(&published, "03071519223109")
            .unwrap()
            .iter()
            .map(|visit| &visit.entry)
            .collect::<Vec<_>>()
    );
}

#[test]
fn nothing_is_drawn_from_a_frame_that_was_changed() {
    let damaged: Result<Vec<Visit>, Refusal> = Err(SpotCheckRefusal::FrameDamaged.into());
    let change = |change: fn(&mut Published)| {
        let mut published = published().unwrap();
        change(&mut published);
        drawn(&published, "12345")
    };
    assert!(change(|_| {}).is_ok());
    let left_out = change(|published| {
        published.units.pop();
    });
    assert_eq!(left_out, damaged);
    let added = change(|published| {
        let mut more = published.units[0].clone();
        more.id = "0".repeat(32);
        published.units.push(more);
    });
    assert_eq!(added, damaged);
    // Another unit behind a name.
    let swapped = change(|published| published.units[0].unit_number = 999);
    assert_eq!(swapped, damaged);
    let file =
        change(|published| published.file = published.file.replace("2-high 10 3", "2-high 10 4"));
    assert_eq!(file, damaged);
}

#[test]
fn what_is_wrong_with_a_publication_is_said_at_its_fields() {
    let good = publication(&planned());
    let check = |change: fn(&mut Publication), expected: &[(&str, &str)]| {
        let mut publication = good.clone();
        change(&mut publication);
        let wrong = wrong_fields(&publication, TODAY);
        let told: Vec<(&str, &str)> = wrong
            .iter()
            .map(|(field, refusal)| (field.as_str(), refusal.key()))
            .collect();
        assert_eq!(told, expected);
    };
    check(|_| {}, &[]);
    check(
        |typed| typed.lottery_name = " ".to_owned(),
        &[("lottery_name", "spot-check/no-lottery")],
    );
    check(
        |typed| typed.lottery_issue = "2016 149".to_owned(),
        &[("lottery_issue", "spot-check/no-issue")],
    );
    check(
        |typed| typed.lottery_name = "双色\n球".to_owned(),
        &[("lottery_name", "spot-check/too-long")],
    );
    check(
        |typed| typed.lottery_on = None,
        &[("lottery_on", "spot-check/not-a-day")],
    );
    check(
        |typed| typed.lottery_on = Some(TODAY),
        &[("lottery_on", "spot-check/not-later")],
    );
    check(
        |typed| typed.lottery_on = Some(jiff::civil::date(2017, 12, 1)),
        &[("lottery_on", "spot-check/not-later")],
    );
    let mut other = good.clone();
    other.seen = "another".to_owned();
    let refused = published_as(&other).unwrap_err();
    assert_eq!(refused.key(), SpotCheckRefusal::FrameChanged.key());
}

#[test]
fn the_seed_is_entered_once_from_the_day_of_the_lottery_on() {
    let mut check = published().unwrap().check;
    let enter = |check: &SpotCheck, day: i8, typed: &str| {
        let today = jiff::civil::date(2016, 12, day);
        seed(check, &any_permit(act::HoldSpotCheck), typed, today).map_err(|refusal| match &refusal
        {
            Refusal::Fields(fields) => fields[0].1.key(),
            Refusal::Told(_) => refusal.key(),
        })
    };
    assert_eq!(enter(&check, 19, "12345"), Err("spot-check/too-early"));
    assert_eq!(enter(&check, 20, "1 23 45"), Ok("12345".to_owned()));
    assert_eq!(enter(&check, 20, "abc"), Err("draw/not-digits"));
    check.drawn = Some(done("12345"));
    assert_eq!(enter(&check, 21, "12345"), Err("spot-check/drawn-already"));
}
