//! The public writes, the city federation answers, and whoever wrote reads the answer.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;
use jianjia_store::testing;

use crate::site::{self, Client, Page};

/// What stands in a `<code>` of a page, one after another.
fn codes(page: &Page) -> Vec<String> {
    let parts = page.body.split("<code>").skip(1);
    parts
        .map(|part| part.split("</code>").next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_letter_is_received_answered_and_followed() {
    for site in site::both().await {
        let mut writer = site.visitor();
        let page = writer.get("/contact").await;
        assert!(page.text().contains("写信给我们"), "{}", page.text());
        let nothing = writer.post_form("/contact", &[("name", "王师傅")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.text().contains("请写下要说的事。"));
        assert!(nothing.body.contains("value=\"王师傅\""));
        let robot = [
            ("kind", "complaint"),
            ("text", "x"),
            ("website", "http://x"),
        ];
        let robot = writer.post_form("/contact", &robot).await;
        assert!(robot.text().contains("防自动程序"), "{}", robot.text());
        let fields = [
            ("kind", "complaint"),
            ("about", "长江纺织厂工会"),
            ("text", "食堂的钱没有公开。\n请查。"),
            ("name", "王建国"),
            ("telephone", "13800000001"),
        ];
        let received = writer.post_form("/contact", &fields).await;
        assert_eq!(received.status, StatusCode::OK, "{}", received.text());
        let [number, code]: [String; 2] = codes(&received).try_into().unwrap();
        let at = format!("/contact/{number}");
        let found = writer
            .get(&format!("/contact/follow?number={number}"))
            .await;
        assert_eq!(found.location(), at);
        let wrong = writer.post_form(&at, &[("code", "1234-5678-9012")]).await;
        assert!(
            wrong.text().contains("编号和查询码对不上"),
            "{}",
            wrong.text()
        );
        let waits = writer.post_form(&at, &[("code", &code)]).await;
        assert!(waits.text().contains("还没有答复"), "{}", waits.text());

        // Nobody reads in the database who wrote, and the trail tells nothing of it.
        let mut tx = site.app.db.read().await.unwrap();
        let kept = "SELECT id || number || kind || about || text || sealed FROM letter";
        let kept = testing::texts(&mut tx, kept).await.concat();
        let told = testing::texts(&mut tx, "SELECT detail FROM audit WHERE noun = 'letter'").await;
        tx.commit().await.unwrap();
        assert!(kept.contains("食堂") && !kept.contains("王建国") && !kept.contains("1380000"));
        assert_eq!(told, [format!("{{\"number\":{number}}}")]);

        let mut office = site
            .sign_in_as("李审批", &[(Role::Approver, &site.city)])
            .await;
        // The account came after the letter: the next one is told to it.
        writer.post_form("/contact", &fields).await;
        let inbox = office.get("/messages").await;
        assert!(
            inbox.text().contains("收到一封来信：投诉举报，编号"),
            "{}",
            inbox.text()
        );
        let list = office.get("/letters").await;
        assert!(
            list.text().contains("食堂的钱没有公开。"),
            "{}",
            list.text()
        );
        assert!(list.text().contains("共 2 封"), "{}", list.text());
        let links = list.body.split("href=\"/letters/").skip(1);
        let mut letters = links.filter_map(|rest| rest.split('"').next());
        let id = letters.find(|id| !id.starts_with("export")).unwrap();
        let letter = format!("/letters/{id}");
        let page = office.get(&letter).await;
        for words in ["王建国", "13800000001", "长江纺织厂工会", "请查。"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let answer = format!("{letter}/answer");
        let empty = office.post_form(&answer, &[("answer", " ")]).await;
        assert!(empty.text().contains("请写下答复"), "{}", empty.text());
        let given = [("answer", "已经公开，贴在食堂门口。")];
        assert_eq!(office.post_form(&answer, &given).await.location(), letter);
        let twice = office.post_form(&answer, &given).await;
        assert!(twice.text().contains("已经有人答复"), "{}", twice.text());
        let read = writer.post_form(&at, &[("code", &code)]).await;
        assert!(
            read.text().contains("已经公开，贴在食堂门口。"),
            "{}",
            read.text()
        );
        assert!(!read.text().contains("李审批"), "{}", read.text());

        let mut stranger = site
            .sign_in_as("外区", &[(Role::Approver, &site.other_district)])
            .await;
        assert_eq!(stranger.get(&letter).await.status, StatusCode::NOT_FOUND);
        office.cookies.insert("lang".to_owned(), "en".to_owned());
        let text = office.get(&letter).await.text();
        assert!(
            text.contains("Complaint") && text.contains("Written by"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn many_letters_from_one_network_have_to_wait() {
    for site in site::both().await {
        let mut writer = site.visitor();
        let fields = [("kind", "question"), ("text", "怎样入会？")];
        for _ in 0..10 {
            let received = writer.post_form("/contact", &fields).await;
            assert_eq!(received.status, StatusCode::OK);
        }
        let slowed = writer.post_form("/contact", &fields).await;
        assert_eq!(slowed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(slowed.text().contains("1 分钟后再试"), "{}", slowed.text());
    }
}

#[tokio::test]
async fn a_letter_sent_twice_by_a_double_click_is_one() {
    for site in site::both().await {
        let mut writer = site.visitor();
        let page = writer.get("/contact").await;
        let (_, rest) = page
            .body
            .split_once("name=\"request_key\" value=\"")
            .unwrap();
        let key = rest.split('"').next().unwrap().to_owned();
        assert!(!key.is_empty());
        let sent = async |writer: &mut Client, text: &str, key: &str| {
            let fields = [("kind", "question"), ("text", text), ("request_key", key)];
            codes(&writer.post_form("/contact", &fields).await)
        };
        let first = sent(&mut writer, "怎样入会？", &key).await;
        let [number, code] = &first[..] else {
            panic!("number and code: {first:?}");
        };
        assert_eq!(sent(&mut writer, "怎样入会？", &key).await, first);
        let at = format!("/contact/{number}");
        let waits = writer.post_form(&at, &[("code", code)]).await;
        assert!(waits.text().contains("还没有答复"), "{}", waits.text());
        // What was changed after going back, and what came with another form, are other letters.
        let changed = sent(&mut writer, "怎样退会？", &key).await;
        let other = sent(&mut writer, "怎样入会？", "another").await;
        assert!(changed[0] != first[0] && other[0] != first[0]);
        assert!(changed[1] != first[1] && other[1] != first[1]);
        let mut tx = site.app.db.read().await.unwrap();
        let kept = testing::texts(&mut tx, "SELECT text FROM letter").await;
        let told = testing::texts(&mut tx, "SELECT id FROM audit WHERE noun = 'letter'").await;
        assert_eq!((kept.len(), told.len()), (3, 3));
        // The form's key is kept nowhere.
        let hashes = testing::texts(&mut tx, "SELECT request_hash FROM letter").await;
        assert!(
            hashes
                .iter()
                .all(|hash| hash.len() == 64 && !hash.contains(&key))
        );
    }
}
