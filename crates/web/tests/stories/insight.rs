//! The figures of dashboards, opened down to the unions behind them; and how little of them the public sees.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jianjia_app::year::{
    sheet::{self as sheets, SayInput},
    standing as standings,
};
use jianjia_domain::{
    core::{ids::ActivityId, place::UnitPlace, policy::Role},
    year::activity::Activity,
};
use jianjia_standard::fact::FactKind;
use jianjia_store::year::activity as activities;
use jiff::civil::date;

use crate::{
    site::{self, Client, Page, TestSite},
    stories::honours::held,
};

/// The figures of a page that are links: the address of the list, and the number.
fn figures(page: &Page) -> Vec<(String, i64)> {
    let links = page.body.split("<a href=\"").skip(1);
    links
        .filter_map(|link| {
            let (href, rest) = link.split_once('"')?;
            let (_, rest) = rest.split_once('>')?;
            let (words, _) = rest.split_once("</a>")?;
            let number = words.replace(',', "").parse().ok()?;
            Some((href.replace("&#38;", "&"), number))
        })
        .collect()
}

/// How many a list says that it has; none where it says that it is empty.
fn total(page: &Page) -> i64 {
    let text = page.text();
    let Some((_, rest)) = text.split_once("共 ") else {
        return 0;
    };
    let digits: String = rest
        .chars()
        .take_while(|sign| sign.is_ascii_digit() || *sign == ',')
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().expect("a number of lines")
}

/// Opens every figure of a page, and holds that its list has as many lines. How many were opened, and how many of them are more than zero.
async fn open_all(client: &mut Client, path: &str) -> (usize, usize) {
    let page = client.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let figures = figures(&page);
    let mut opened = BTreeSet::new();
    let mut some = 0;
    for (href, number) in figures {
        if !opened.insert(href.clone()) {
            continue;
        }
        let list = client.get(&href).await;
        assert_eq!(list.status, StatusCode::OK, "{href} of {path}");
        assert_eq!(total(&list), number, "{href} of {path}\n{}", list.text());
        some += usize::from(number > 0);
    }
    (opened.len(), some)
}

async fn says(site: &TestSite, unit: &UnitPlace, answers: &[(&str, &str)]) {
    let make = &site.city_of_tests;
    let clerk = make.actor("填表人", &[(Role::Clerk, unit)]).await;
    let typed = answers.iter();
    let input = SayInput {
        typed: typed
            .map(|(key, words)| ((*key).to_owned(), (*words).to_owned()))
            .collect(),
        ..SayInput::default()
    };
    sheets::say(&site.app, &clerk, &unit.id, None, 2016, &input)
        .await
        .expect("what is said");
}

/// Something in each of the last four quarters.
async fn is_active(site: &TestSite, unit: &UnitPlace) {
    let app = &site.app;
    let activity = |(year, month)| Activity {
        id: ActivityId(app.entropy.id(app.now())),
        unit: unit.id,
        unit_path: unit.path.clone(),
        held_on: date(year, month, 9),
        kind: "skills".to_owned(),
        title: "技能比武".to_owned(),
        participants: Some(40),
        note: String::new(),
        recorded_by: None,
        recorded_at: app.now(),
        removed_at: None,
    };
    let logged = [(2015, 11), (2016, 2), (2016, 5), (2016, 8)].map(activity);
    let mut tx = app.db.write("test").await.expect("a transaction");
    activities::insert_many(&mut tx, &logged)
        .await
        .expect("logged");
    jianjia_demo::testing::keep(app, tx).await;
}

/// Holds a title of 2016, and is judged with it.
async fn holds(site: &TestSite, unit: &UnitPlace, title: &str) {
    held(site, unit, title, "").await;
    standings::bring_up_to_date(&site.app, [unit.id], 2016)
        .await
        .expect("judged");
}

#[tokio::test]
async fn every_figure_leads_to_a_list_of_as_many() {
    for site in site::both().await {
        holds(&site, &site.union, "qualified-home").await;
        says(
            &site,
            &site.neighbour,
            &[("workers", "120"), ("members", "60")],
        )
        .await;
        for (name, unit) in [
            ("市审核", &site.city),
            ("区审核", &site.district),
            ("街道审核", &site.township),
        ] {
            let mut client = site.sign_in_as(name, &[(Role::Reviewer, unit)]).await;
            let under = unit.id;
            let (opened, some) = open_all(&mut client, &format!("/dashboard?under={under}")).await;
            assert!(opened > 8 && some > 3, "{name}: {opened}, {some}");
            for title in ["qualified-home", "model-home"] {
                let holding = format!("/insight/holding-back?under={under}&title={title}");
                let (opened, some) = open_all(&mut client, &holding).await;
                assert!(opened > 5 && some > 3, "{name} {title}: {opened}, {some}");
                let parted =
                    format!("/insight/holding-back/parted?under={under}&title={title}&clause=Q1");
                let table = client
                    .get(&parted.replacen("parted", "parted/export", 1))
                    .await;
                assert_eq!(table.status, StatusCode::OK, "{parted}");
                assert!(table.body.contains("合计"), "{}", table.body);
                let (opened, some) = open_all(&mut client, &parted).await;
                assert!(opened > 8 && some > 3, "{name} {title}: {opened}, {some}");
            }
            let steps = format!("/insight/holding-back/parted?under={under}&title=qualified-home");
            let (opened, _) = open_all(&mut client, &steps).await;
            assert!(opened > 8, "{name}: {opened}");
            let changes = format!("/insight/changes?under={under}&year=2016");
            let (opened, some) = open_all(&mut client, &changes).await;
            assert!(opened >= 6 && some > 0, "{name}: {opened}, {some}");
        }
    }
}

#[tokio::test]
async fn who_lacks_one_clause_alone_is_listed_with_what_it_takes() {
    for site in site::both().await {
        // All of 合格 but the cards: 43 of 100 members have one, and 80 should.
        let facts = site.app.in_force().facts.iter();
        let truths: Vec<(String, String)> = facts
            .filter(|fact| fact.kind == FactKind::Truth)
            .map(|fact| (fact.key.clone(), "yes".to_owned()))
            .collect();
        let mut answers: Vec<(&str, &str)> = truths
            .iter()
            .map(|(key, words)| (key.as_str(), words.as_str()))
            .collect();
        answers.extend([
            ("workers", "100"),
            ("members", "100"),
            ("cards_issued", "43"),
            ("cards_used", "43"),
        ]);
        is_active(&site, &site.union).await;
        says(&site, &site.union, &answers).await;
        let mut district = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let page = district.get("/insight/one-step?title=qualified-home").await;
        let text = page.text();
        assert!(text.contains("长江纺织厂工会"), "{text}");
        assert!(text.contains("37") && text.contains("Q6"), "{text}");
        assert!(!text.contains("红梅食品厂工会"), "{text}");
        // Another district has nobody of it.
        let mut other = site
            .sign_in_as("外区审核", &[(Role::Reviewer, &site.other_district)])
            .await;
        let page = other.get("/insight/one-step?title=qualified-home").await;
        assert!(!page.text().contains("长江纺织厂工会"), "{}", page.text());
        for path in [
            "/insight/one-step",
            "/insight/holding-back",
            "/insight/changes",
            "/dashboard",
        ] {
            let address = format!("{path}?under={}", site.district.id);
            let page = other.get(&address).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}");
        }
    }
}

#[tokio::test]
async fn the_public_sees_sums_by_district_and_no_union_that_lacks_anything() {
    for site in site::both().await {
        holds(&site, &site.union, "qualified-home").await;
        let mut visitor = site.visitor();
        let page = visitor.get("/dashboard").await;
        let text = page.text();
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            text.contains("天宁区总工会") && text.contains("钟楼区总工会"),
            "{text}"
        );
        for hidden in ["长江纺织厂工会", "红梅街道总工会", "欠缺", "只差"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        let (opened, some) = open_all(&mut visitor, "/dashboard").await;
        assert!(opened >= 6 && some > 1, "{opened}, {some}");
        let inside = format!("/dashboard?under={}", site.district.id);
        assert_eq!(visitor.get(&inside).await.status, StatusCode::NOT_FOUND);
        for path in [
            "/insight/one-step",
            "/insight/unions",
            "/insight/holding-back",
            "/insight/changes",
        ] {
            let page = visitor.get(path).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        }
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get("/insight/one-step").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let page = chair.get("/dashboard").await;
        assert!(!page.text().contains("只差"), "{}", page.text());
    }
}
