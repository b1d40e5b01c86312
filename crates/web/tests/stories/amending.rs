//! A new version of the standard, as the two people who put it in force and everybody else meet it on the pages.

use axum::http::StatusCode;
use jianjia_app::{
    amending::edition as editions,
    core::{
        job::{
            Lane,
            worker::{Node, run_due_once},
        },
        standard as standards,
    },
};
use jianjia_domain::core::policy::Role;
use jianjia_standard::amendment::{Change, from_changes};
use jianjia_store::core::standard::StandardTexts;
use jiff::civil::date;

use crate::site::{self, Client, Page};

const STANDARD: &str = include_str!("../../../../standards/changzhou-2016/standard.toml");
const FACTS: &str = include_str!("../../../../standards/changzhou-2016/facts.toml");
const CASES: &str = include_str!("../../../../standards/changzhou-2016/cases/rating.jsonl");

/// The standard with 88 % in the place of 85 %.
fn changed() -> String {
    let change = Change {
        title: "model-home".to_owned(),
        clause: "M5d".to_owned(),
        path: "check.at_least".to_owned(),
        value: "88%".to_owned(),
    };
    from_changes(STANDARD, &[change]).expect("a change that can be made")
}

async fn draft(person: &mut Client, files: &[(&str, &str, &[u8])]) -> Page {
    let fields = [
        ("name", "2017 年修订"),
        ("reason", "把满意度从 85% 提到 88%"),
        ("source", "upload"),
        ("year", "2016"),
        ("request_key", "draft"),
    ];
    person.upload("/amendments", &fields, files).await
}

#[tokio::test]
async fn a_version_goes_from_a_file_with_a_mistake_to_the_day_on_which_it_holds() {
    for site in site::both().await {
        let texts = StandardTexts {
            standard_toml: STANDARD.to_owned(),
            facts_toml: FACTS.to_owned(),
        };
        standards::set_up(&site.app, vec![texts]);
        let approver = [(Role::Approver, &site.city)];
        let mut first = site.sign_in_as("钱主任", &approver).await;
        let mut second = site.sign_in_as("孙部长", &approver).await;
        let district = [(Role::Approver, &site.district)];
        let mut other = site.sign_in_as("区审批", &district).await;

        let empty = first.get("/amendments").await.text();
        assert!(empty.contains("还没有新版标准"), "{empty}");
        assert_eq!(other.get("/amendments").await.status, StatusCode::NOT_FOUND);

        // What is no file of a standard comes back with what was typed.
        let wrong = draft(&mut first, &[("file", "readme.md", b"x")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = wrong.text();
        assert!(text.contains("“readme.md”不是标准的文件"), "{text}");
        assert!(wrong.body.contains("把满意度从 85% 提到 88%"), "{text}");

        let broken = changed().replacen("first_year", "frist_year", 1);
        let made = draft(&mut first, &[("file", "standard.toml", broken.as_bytes())]).await;
        let page = made.location();
        let text = first.get(&page).await.text();
        assert!(text.contains("草稿") && text.contains("要改正的"), "{text}");
        assert!(text.contains("frist_year"), "{text}");

        // A case says that 85 % is enough, which it no longer is: the case is told, too.
        let sound = changed();
        let files: [(&str, &str, &[u8]); 2] = [
            ("file", "standard.toml", sound.as_bytes()),
            ("file", "rating.jsonl", CASES.as_bytes()),
        ];
        let seen = [("seen", "1")];
        let sent = first.upload(&format!("{page}/files"), &seen, &files).await;
        assert_eq!(sent.location(), page);
        let text = first.get(&page).await.text();
        assert!(text.contains("85 of 100 is 85 % exactly"), "{text}");
        let stale = first.upload(&format!("{page}/files"), &seen, &files).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        let folder: [(&str, &str, &[u8]); 2] = [
            ("file", "plan/standard.toml", sound.as_bytes()),
            ("file", "plan/facts.toml", FACTS.as_bytes()),
        ];
        let seen = [("seen", "2")];
        first.upload(&format!("{page}/files"), &seen, &folder).await;
        let text = first.get(&page).await.text();
        assert!(text.contains("检查通过。看过改动和影响以后"), "{text}");
        assert!(text.contains("85%") && text.contains("88%"), "{text}");

        // What it would change: the numbers lead to their lists.
        let asked = first.post_form(&format!("{page}/effect"), &[]).await;
        assert_eq!(asked.location(), page);
        let node = Node::new(&site.app, jianjia_app::WORKS);
        while let Some(_job) = run_due_once(&site.app, &node, Lane::Long)
            .await
            .expect("a job")
        {}
        let shown = first.get(&page).await;
        assert!(
            shown.body.contains("/effect/model-home/lose"),
            "{}",
            shown.text()
        );
        let list = first.get(&format!("{page}/effect/model-home/lose")).await;
        assert_eq!(list.status, StatusCode::OK);
        let people = format!("{page}/effect/outstanding-worker/gain");
        assert!(shown.body.contains(&people), "{}", shown.text());
        let list = first.get(&people).await;
        assert!(list.text().contains("没有这样的人"), "{}", list.text());
        let nothing = first.get(&format!("{page}/effect/no-title/lose")).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);

        // Two people; what was typed stays where it is refused.
        let late = [
            ("seen", "3"),
            ("from_year", "2017"),
            ("from_on", "2017-10-01"),
        ];
        let refused = first.post_form(&format!("{page}/proposal"), &late).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("2017 年度从 2017-10-01 开始申报"),
            "{}",
            refused.text()
        );
        assert!(
            refused.body.contains("value=\"2017-10-01\""),
            "{}",
            refused.text()
        );
        let typed = [
            ("seen", "3"),
            ("from_year", "2017"),
            ("from_on", "2017-03-01"),
        ];
        let proposed = first.post_form(&format!("{page}/proposal"), &typed).await;
        assert_eq!(proposed.location(), page);
        let seen = [("seen", "4")];
        let own = first
            .post_form(&format!("{page}/confirmation"), &seen)
            .await;
        assert!(own.text().contains("要由两个人办理"), "{}", own.text());
        let told = second.get("/messages").await.text();
        assert!(told.contains("钱主任提交了新版标准“2017 年修订”"), "{told}");
        let confirmed = second
            .post_form(&format!("{page}/confirmation"), &seen)
            .await;
        assert_eq!(confirmed.location(), page);

        // Everybody reads that it is coming, in both languages, and what it changes.
        let coming = site.visitor().get("/standard/versions").await;
        let text = coming.text();
        assert!(text.contains("2017年3月1日 起生效"), "{text}");
        let version = site.app.standards.of(2016).version.clone();
        let new = coming.body.split("/standard/versions/").skip(1);
        let new = new.filter_map(|rest| rest.split(['"', '#']).next());
        let new: Vec<&str> = new.filter(|id| id.len() == 64 && *id != version).collect();
        let shown = site
            .visitor()
            .get(&format!("/standard/versions/{}", new[0]))
            .await;
        assert!(shown.text().contains("88%"), "{}", shown.text());
        let mut english = site.visitor();
        english.post_form("/settings", &[("language", "en")]).await;
        let text = english.get("/standard/versions").await.text();
        assert!(text.contains("holds from 1 March 2017"), "{text}");
        second.post_form("/settings", &[("language", "en")]).await;
        let text = second.get(&page).await.text();
        assert!(text.contains("Withdraw it before its day"), "{text}");
        assert!(
            text.contains("Propose a new version of the standard"),
            "{text}"
        );
        let unknown = site.visitor().get("/standard/versions/none").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);

        site.app.clock.set(date(2017, 3, 1));
        editions::tend(&site.app).await.expect("it begins");
        let text = site.visitor().get("/standard/versions").await.text();
        assert!(text.contains("2017年3月1日 已生效"), "{text}");
        assert_eq!(site.app.standards.of(2017).version, new[0]);
        assert_eq!(site.app.standards.of(2016).version, version);
    }
}
