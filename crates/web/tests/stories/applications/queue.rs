//! The reviewers' queue: files are taken, noted on and handed on in bulk, and the list is as it was.

use axum::http::StatusCode;
use jianjia_documents::sheet;
use jianjia_domain::{core::policy::Role, exchange::import::ImportKind};
use jianjia_web::routes;

use super::{hand_in, qualified};
use crate::site::{self, Client, TestSite};

/// What every export says to somebody, by its address; those of other formats are left out.
async fn exported(site: &TestSite, client: &mut Client) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for route in routes::all() {
        // Of a year's check there are none yet, and of a clause only when one is asked for.
        let is_of_itself = !route.path.contains('{') && !route.path.contains("/parted/");
        let addresses: Vec<String> = if route.path.ends_with("/export") && is_of_itself {
            let both = ["csv", "xlsx"];
            both.map(|format| format!("{}?format={format}", route.path))
                .into()
        } else if route.path.ends_with("/exports/{kind}") {
            let path = route.path.replace("{id}", &site.city.id.to_string());
            let kinds = ImportKind::ALL.iter();
            kinds
                .map(|kind| path.replace("{kind}", kind.key()))
                .collect()
        } else {
            continue;
        };
        for address in addresses {
            let file = client.get(&address).await;
            assert_eq!(file.status, StatusCode::OK, "{address}");
            let text = if file.bytes.starts_with(b"PK") {
                let sheets = sheet::read_all(&file.bytes, "table.xlsx").expect("a workbook");
                format!("{sheets:?}")
            } else {
                file.body
            };
            assert!(!text.is_empty(), "{address}");
            said.push((address, text));
        }
    }
    said
}

#[tokio::test]
async fn a_queue_is_worked_through_without_losing_the_place() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let id = address.rsplit('/').next().unwrap_or_default();
        let receipt = chair.get(&address).await.text();
        assert!(receipt.contains("2016-00001"), "{receipt}");
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let list = "/reviews?title=qualified-home&order=name";
        let page = reviewer.get(list).await;
        let desk = format!("/applications/{id}/review?back=title%3Dqualified-home%26order%3Dname");
        assert!(
            page.body.contains(&format!("href=\"{desk}\"")),
            "{}",
            page.body
        );
        assert!(!page.body.contains(" checked>"));
        let all = reviewer.get(&format!("{list}&tick=all")).await;
        assert_eq!(all.body.matches(" checked>").count(), 1);
        // It can be pressed on a phone too, where the head of the table is hidden; Enter in the opinion leads to the preview.
        let (form, _) = page.body.split_once("<thead").expect("a table");
        assert!(form.contains(">全选</a>"), "{form}");
        let (_, form) = form
            .split_once("action=\"/reviews/preview\"")
            .expect("a form");
        let (_, first) = form.split_once("<button").expect("a button");
        assert!(
            first.starts_with(" class=\"hide-visually\" name=\"act\" value=\"endorse\""),
            "{first}"
        );
        // Refused for a missing opinion, it comes back as it was ticked.
        let silent = format!("{id}:2");
        let silent = [
            ("chosen", silent.as_str()),
            ("act", "endorse"),
            ("back", "title=qualified-home"),
        ];
        let told = reviewer.post_form("/reviews/preview", &silent).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(told.body.matches(" checked>").count(), 1, "{}", told.text());
        let back = "title=qualified-home&order=name";
        let chosen = format!("{id}:2");
        let take = [("chosen", chosen.as_str()), ("how", "take"), ("back", back)];
        let done = reviewer.post_form("/reviews/assignment", &take).await;
        assert_eq!(done.location(), list);
        let page = reviewer.get(list).await.text();
        assert!(page.contains("已由您承办 1 份申报："), "{page}");
        assert!(page.contains("街道小李"), "{page}");
        let mine = reviewer.get("/reviews?hands=mine").await;
        assert!(mine.body.contains(id), "{}", mine.text());
        let free = reviewer.get("/reviews?hands=nobody").await;
        assert!(!free.body.contains(id), "{}", free.text());
        // A note stays in the offices.
        let words = "账目有出入，请重点看经费";
        let note = [("office_note", words), ("back", back)];
        let done = reviewer
            .post_form(&format!("/applications/{id}/notes"), &note)
            .await;
        assert_eq!(done.location(), desk);
        assert!(reviewer.get(&desk).await.text().contains(words));
        for path in ["", "/letter", "/check", "/review"] {
            let page = chair.get(&format!("{address}{path}")).await;
            assert!(!page.body.contains(words), "{path}");
        }
        let own = [
            format!("/units/{}/applications", site.union.id),
            format!("/units/{}/home", site.union.id),
            format!("/units/{}/history", site.union.id),
            format!("/units/{}", site.union.id),
        ];
        for path in own {
            assert!(!chair.get(&path).await.body.contains(words), "{path}");
        }
        // Nor does it go out with what is exported, whoever exports it.
        let mut office = site
            .sign_in_as(
                "市总",
                &[
                    (Role::Administrator, &site.city),
                    (Role::Approver, &site.city),
                    (Role::Auditor, &site.city),
                ],
            )
            .await;
        let tables = exported(&site, &mut office).await;
        assert!(tables.len() > 10, "{}", tables.len());
        for (address, table) in tables {
            assert!(!table.contains(words), "{address}");
        }
        let refused = chair
            .post_form(&format!("/applications/{id}/notes"), &note)
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        // Done in bulk, the list is as it was, and says what was done, with a link.
        let bulk = [
            ("chosen", chosen.as_str()),
            ("act", "endorse"),
            ("opinion", "同意"),
            ("back", back),
            ("request_key", "b"),
        ];
        let preview = reviewer.post_form("/reviews/preview", &bulk).await;
        assert!(
            preview
                .body
                .contains("name=\"back\" value=\"title=qualified-home&#38;order=name\""),
            "{}",
            preview.body
        );
        let done = reviewer.post_form("/reviews/bulk", &bulk).await;
        assert_eq!(done.location(), list);
        let page = reviewer.get(list).await;
        let told = format!("已同意上报 1 份申报：{}。", site.union.name);
        assert!(page.text().contains(&told), "{}", page.text());
        assert!(page.body.contains("<a href=\"/reviews?place=all&#38;title=qualified-home&#38;order=newest\">打开名单</a>"), "{}", page.body);
    }
}
