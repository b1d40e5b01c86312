//! Papers that take a while, as whoever asks for one meets them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jianjia_app::{
    core::{
        error::Error,
        export as exports,
        paper::{self as press, Format},
    },
    exchange::paper::{self as papers, Wanted},
    paper,
};
use jianjia_domain::{
    core::{
        export::{Export, ExportKind},
        policy::{Actor, Role},
    },
    honour::honour::Honour,
};
use jianjia_standard::Lang;

use super::jobs::{hidden, make};
use crate::site::{self, TestSite};

/// So many names make a decision long.
const NAMED: usize = 1_500;

/// People of one union who were named in one act.
async fn named_together(site: &TestSite) {
    let make = &site.city_of_tests;
    let titles = (1..=NAMED).map(|number| Honour {
        number: format!("常试〔2016〕{number}号"),
        ..make.title(
            &site.city,
            &site.union,
            "trusted-kin",
            &format!("张三{number}"),
        )
    });
    make.names(&titles.collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn a_long_paper_is_made_in_the_background_and_asks_for_the_right_again() {
    for site in site::both().await {
        let app = &site.app;
        named_together(&site).await;
        let roles = [(Role::Approver, &site.city), (Role::Reviewer, &site.city)];
        let actor = site.city_of_tests.actor("市审批", &roles).await;
        let mut approver = site.client_of(&actor).await;
        let address = "/honours/batches/b1/papers/decision";
        let page = approver.get(&format!("{address}.docx")).await;
        let text = page.text();
        assert!(
            text.contains("制作命名决定") && text.contains("这份文书很长，在后台排版"),
            "{text}"
        );
        let fields = hidden(&page.body);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| ["export", "at", "paper", "of", "format"].contains(name))
            .collect();
        let city = site.city.id.to_string();
        assert_eq!(
            fields,
            [
                ("export", "paper"),
                ("at", city.as_str()),
                ("paper", "decision"),
                ("of", "b1"),
                ("format", "docx")
            ]
        );
        let job = approver.post_form("/exports", &fields).await.location();
        // A double click.
        let again = approver.post_form("/exports", &fields).await.location();
        assert_eq!(again, job);
        let waiting = approver.get(&job).await.text();
        assert!(waiting.contains("制作文书 · 命名决定"), "{waiting}");
        make(&site).await;
        let done = approver.get(&job).await.text();
        assert!(done.contains(".docx，已经做好。"), "{done}");
        let file = format!("{job}/file");
        let made = approver.get(&file).await;
        assert_eq!(made.header("content-type"), Format::Docx.media_type());
        // The same bytes as at once.
        let kind = paper::kind("decision").expect("a kind");
        let sheet = paper::sheet(app, &actor, kind, "b1").await.expect("data");
        assert_eq!(sheet.rows(), NAMED);
        let direct = press::one(app, sheet, Format::Docx).await.expect("set");
        assert!(made.bytes == direct);

        let mut colleague = site.sign_in_as("同事", &roles).await;
        assert_eq!(colleague.get(&file).await.status, StatusCode::NOT_FOUND);
        // Who still sees the city, but may not have the decision any more, does not get the file either.
        let id = job.trim_start_matches("/jobs/").parse().expect("an id");
        assert!(papers::open(app, &actor, &id).await.is_ok());
        let less = Actor {
            roles: actor.roles[1..].to_vec(),
            ..actor.clone()
        };
        assert!(exports::open(app, &less, &id).await.is_ok());
        let refused = papers::open(app, &less, &id).await;
        assert!(matches!(refused, Err(Error::NotFound | Error::Refused(_))));

        // Somebody without the right gets none, however they ask.
        let roles = [(Role::Chair, &site.other_union)];
        let mut stranger = site.sign_in_as("外人", &roles).await;
        let at = site.other_union.id.to_string();
        let mut asked = fields.clone();
        asked[1].1 = &at;
        let job = stranger.post_form("/exports", &asked).await.location();
        make(&site).await;
        let file = stranger.get(&format!("{job}/file")).await;
        assert_eq!(file.status, StatusCode::NOT_FOUND);
        for (name, value) in [("paper", "slips"), ("format", "zip"), ("paper", "package")] {
            let mut asked = fields.clone();
            for field in &mut asked {
                if field.0 == name {
                    field.1 = value;
                }
            }
            let none = approver.post_form("/exports", &asked).await;
            assert_eq!(none.status, StatusCode::NOT_FOUND, "{name}={value}");
        }
    }
}

#[tokio::test]
async fn what_a_job_is_to_make_is_read_as_it_was_written() {
    let kind = paper::kind("summary").expect("a kind");
    let wanted = Wanted::Paper(kind, Format::Pdf);
    let fields = wanted.fields("7/2016/trusted-home");
    let asked: BTreeMap<String, String> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let (read, of) = Wanted::read(&asked).expect("a paper");
    assert_eq!((read.title(), of), ("汇总表", "7/2016/trusted-home"));
    assert_eq!(read.fields(of), fields);
    // What is asked for by hand is read in the act.
    let site = site::both().await.remove(0);
    let roles = [(Role::Reviewer, &site.township)];
    let actor = site.city_of_tests.actor("街道审核", &roles).await;
    let export = Export {
        kind: ExportKind::Paper,
        asked,
        lang: Lang::Zh,
    };
    let begun = exports::begin(
        &site.app,
        &actor,
        &export,
        &site.township.id,
        "表".to_owned(),
    );
    let id = begun.await.expect("a job");
    make(&site).await;
    // There is no unit 7.
    assert!(matches!(
        papers::open(&site.app, &actor, &id).await,
        Err(Error::NotFound)
    ));
}
