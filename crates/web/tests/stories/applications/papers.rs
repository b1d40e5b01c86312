//! The papers that an application's page and its rating's offer, and what comes of each link.

use axum::http::StatusCode;
use jianjia_app::{core::paper as papers, paper::KINDS};
use jianjia_domain::core::policy::Role;
use jianjia_standard::Lang;
use jianjia_words::t;

use super::{hand_in, qualified};
use crate::{
    site::{self, Page},
    stories::jobs::make,
};

#[test]
fn every_kind_says_in_both_languages_what_it_is_for() {
    for kind in KINDS {
        for word in [papers::title(kind.name), kind.what] {
            assert!(!word.is_empty(), "{}", kind.name);
            assert_ne!(t(Lang::En, word), word, "{}", kind.name);
        }
    }
}

/// The addresses on a page that end so.
fn links(page: &Page, ending: &str) -> Vec<String> {
    let links = page.body.split(" href=\"").skip(1);
    links
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.ends_with(ending))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn an_application_offers_its_papers_to_those_who_see_it() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let page = chair.get(&address).await;
        assert!(page.text().contains("申报审批表"), "{}", page.text());
        let papers: Vec<String> = ["application", "minutes", "posting"]
            .iter()
            .map(|kind| format!("{address}/papers/{kind}.docx"))
            .collect();
        let offered = links(&page, ".docx");
        assert!(
            papers[..2].iter().all(|paper| offered.contains(paper)),
            "{offered:?}"
        );
        assert_eq!(
            links(&page, ".pdf").len(),
            offered.len() + 1,
            "and the package"
        );
        for link in &offered {
            let file = chair.get(link).await;
            assert_eq!(file.status, StatusCode::OK, "{link}");
            assert!(file.bytes.starts_with(b"PK"), "{link}");
        }
        let file = chair.get(&papers[0]).await;
        let disposition = file.header("content-disposition");
        let name = jianjia_web::visit::percent_encoded("申报审批表（长江纺织厂工会）.docx");
        assert!(disposition.ends_with(&name), "{disposition}");

        let pdf = chair
            .get(&format!("{address}/papers/application.pdf"))
            .await;
        assert_eq!(pdf.header("content-type"), "application/pdf");
        assert!(pdf.bytes.starts_with(b"%PDF-"));
        let package = chair.get(&format!("{address}/package.pdf")).await;
        assert!(package.bytes.starts_with(b"%PDF-") && package.bytes.len() > pdf.bytes.len());
        let package = chair.get(&format!("{address}/package.zip")).await;
        assert_eq!(package.header("content-type"), "application/zip");
        assert!(package.bytes.starts_with(b"PK"));
        // A job makes the same bytes, as it does of one with many photographs.
        let (at, id) = (
            site.union.id.to_string(),
            address.replace("/applications/", ""),
        );
        let asked = [
            ("export", "paper"),
            ("at", at.as_str()),
            ("paper", "package"),
            ("of", id.as_str()),
            ("format", "zip"),
        ];
        let job = chair.post_form("/exports", &asked).await.location();
        make(&site).await;
        let page = chair.get(&job).await.text();
        assert!(
            page.contains("制作文书 · 申报材料") && page.contains(".zip，已经做好。"),
            "{page}"
        );
        assert!(chair.get(&format!("{job}/file")).await.bytes == package.bytes);

        for nothing in [
            "application.txt",
            "application",
            "slips.pdf",
            "decision.pdf",
            "letter.pdf",
        ] {
            let page = chair.get(&format!("{address}/papers/{nothing}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{nothing}");
        }
        let mut stranger = site
            .sign_in_as("外人", &[(Role::Chair, &site.other_union)])
            .await;
        for link in offered.iter().chain(&[format!("{address}/package.zip")]) {
            let page = stranger.get(link).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{link}");
        }
    }
}

#[tokio::test]
async fn a_rating_offers_its_sheet_with_the_sum() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair
            .get(&format!("/units/{}/rating/2016", site.union.id))
            .await;
        let offered = links(&page, ".docx");
        assert_eq!(
            offered,
            [format!(
                "/units/{}/rating/2016/papers/rating.docx",
                site.union.id
            )]
        );
        let file = chair.get(&offered[0]).await;
        assert!(file.bytes.starts_with(b"PK"));
        // Another year has none, and offers none.
        let page = chair
            .get(&format!("/units/{}/rating/2017", site.union.id))
            .await;
        assert!(links(&page, ".docx").is_empty());
        let none = format!("/units/{}/rating/2017/papers/rating.pdf", site.union.id);
        assert_eq!(chair.get(&none).await.status, StatusCode::NOT_FOUND);
    }
}
