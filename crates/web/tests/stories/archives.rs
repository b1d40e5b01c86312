//! The archives of the city's rounds, as the office sees them.

use jianjia_app::core::{job::Lane, standard as standards};
use jianjia_domain::core::policy::Role;
use jianjia_store::core::{file::content_hash, standard::StandardTexts};

use crate::{
    site::{self, records::Records},
    stories::jobs::is_made,
};

#[tokio::test]
async fn the_office_makes_an_archive_on_its_page_and_reads_what_was_made() {
    for site in site::both().await {
        Records::of_the_union(&site).await;
        let read = |name: &str| {
            let folder = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../standards/changzhou-2016/"
            );
            std::fs::read_to_string(format!("{folder}{name}")).expect("the standard")
        };
        let texts = StandardTexts {
            standard_toml: read("standard.toml"),
            facts_toml: read("facts.toml"),
        };
        standards::set_up(&site.app, vec![texts]);
        let roles = [(Role::Auditor, &site.city)];
        let mut auditor = site.sign_in_as("市审计", &roles).await;
        let roles = [(Role::Approver, &site.city)];
        let mut approver = site.sign_in_as("市审批", &roles).await;
        for (person, from) in [(&mut auditor, "/audit"), (&mut approver, "/rounds")] {
            assert!(person.get(from).await.body.contains("href=\"/archives\""));
        }
        let page = auditor.get("/archives").await.text();
        assert!(
            page.contains("还没有做过档案") && page.contains("jianjia verify --archive"),
            "{page}"
        );
        let none = auditor.post_form("/archives", &[("year", "2017")]).await;
        assert_eq!(none.status, 422);
        assert!(
            none.text().contains("没有可以归档的内容"),
            "{}",
            none.text()
        );

        let city = site.city.id.to_string();
        let job = auditor.post_form("/archives", &[("year", "2016")]).await;
        let job = job.location();
        // It has a lane of its own: a table that is asked for after it is made before it.
        let table = auditor
            .post_form(
                "/exports",
                &[("export", "units"), ("at", city.as_str()), ("q", "")],
            )
            .await;
        assert!(is_made(&site, Lane::Long).await);
        let made = auditor.get(&table.location()).await.text();
        assert!(made.contains("行。"), "{made}");
        assert!(!is_made(&site, Lane::Long).await);
        assert!(is_made(&site, Lane::Archive).await);
        let page = auditor.get(&job).await;
        assert!(
            page.body.contains("<h1>制作年度档案 · 2016</h1>"),
            "{}",
            page.text()
        );
        assert!(
            page.text().contains("条记录。") && page.body.contains("href=\"/archives\""),
            "{}",
            page.text()
        );
        let file = auditor.get(&format!("{job}/file")).await;
        assert_eq!(file.header("content-type"), "application/zip");
        assert!(file.bytes.starts_with(b"PK"));
        let hash = content_hash(&file.bytes);
        for person in [&mut auditor, &mut approver] {
            let page = person.get("/archives").await;
            assert!(
                page.body.contains(&hash)
                    && page.text().contains("市审计")
                    && page.text().contains("条审计记录还没有封存，没有放入"),
                "{}",
                page.text()
            );
        }
        let download = format!("href=\"{job}/file\"");
        assert!(auditor.get("/archives").await.body.contains(&download));
        assert!(!approver.get("/archives").await.body.contains(&download));
        assert_eq!(approver.get(&format!("{job}/file")).await.status, 404);
    }
}

#[tokio::test]
async fn a_city_without_a_round_is_offered_no_year() {
    for site in site::both().await {
        let roles = [(Role::Auditor, &site.city)];
        let mut auditor = site.sign_in_as("市审计", &roles).await;
        let page = auditor.get("/archives").await;
        assert!(
            page.text().contains("还没有可以归档的年度") && !page.body.contains("name=\"year\""),
            "{}",
            page.text()
        );
    }
}
