//! The inbox, its count in the menu, and the list of units at risk with its reminder.

use axum::http::StatusCode;
use jianjia_app::round::veto as vetoes;
use jianjia_domain::{core::policy::Role, round::veto::VetoInput};
use jiff::civil::date;

use crate::site::{self, Client, Page, TestSite};

/// The federation above records a veto of the union.
async fn vetoed(site: &TestSite, clause: &str) {
    let reviewer = site
        .city_of_tests
        .actor("街道审核", &[(Role::Reviewer, &site.township)])
        .await;
    let input = VetoInput {
        year: 2016,
        clause: clause.to_owned(),
        source: "人社局".to_owned(),
        note: String::new(),
    };
    vetoes::record(&site.app, &reviewer, &site.union.id, &input)
        .await
        .expect("a veto");
}

/// The number in the menu; none where there is none.
async fn count(client: &mut Client) -> Option<String> {
    let page = client.get("/desk").await;
    let (_, rest) = page.body.split_once("class=\"menu-count\">")?;
    rest.split('<').next().map(str::to_owned)
}

fn first_link(page: &Page) -> String {
    let links = page.body.split("href=\"/messages/").skip(1);
    let mut ids = links.map(|rest| rest.split('"').next().unwrap_or_default());
    let id = ids.find(|id| !id.starts_with("export"));
    let id = id.expect("a message");
    format!("/messages/{id}")
}

#[tokio::test]
async fn a_message_is_counted_in_the_menu_until_its_link_is_followed() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut other = site
            .sign_in_as("另一位", &[(Role::Chair, &site.neighbour)])
            .await;
        assert_eq!(count(&mut chair).await, None);
        let empty = chair.get("/messages").await.text();
        assert!(empty.contains("还没有消息"), "{empty}");
        vetoed(&site, "V1").await;
        vetoed(&site, "V2").await;
        assert_eq!(count(&mut chair).await.as_deref(), Some("2"));
        assert_eq!(count(&mut other).await, None);
        let page = chair.get("/messages").await;
        let text = page.text();
        assert!(
            text.contains("长江纺织厂工会 2016 年度被登记否决情形："),
            "{text}"
        );
        assert!(
            text.contains("人社局") && text.contains("解除以前不能申报："),
            "{text}"
        );
        assert!(
            text.contains("未读") && text.contains("2016年10月20日"),
            "{text}"
        );
        let link = first_link(&page);
        // Somebody else's message is not there.
        assert_eq!(other.get(&link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(count(&mut chair).await.as_deref(), Some("2"));
        let led = chair.get(&link).await;
        assert!(led.location().starts_with("/vetoes/"), "{}", led.location());
        assert_eq!(count(&mut chair).await.as_deref(), Some("1"));

        let page = chair.get("/messages").await;
        let (_, until) = page
            .body
            .split_once("name=\"until\" value=\"")
            .expect("the form");
        let until = until.split('"').next().unwrap_or_default().to_owned();
        let read = chair
            .post_form("/messages/read", &[("until", &until)])
            .await;
        assert_eq!(read.location(), "/messages");
        assert_eq!(count(&mut chair).await, None);
        let page = chair.get("/messages").await;
        assert!(!page.text().contains("未读"), "{}", page.text());
        chair.post_form("/settings", &[("language", "en")]).await;
        let page = chair.get("/messages").await;
        let text = page.text();
        assert!(
            text.contains("长江纺织厂工会: a veto has been recorded for 2016: "),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_federation_ticks_who_is_to_be_reminded_sees_the_preview_and_sends_it() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut other = site
            .sign_in_as("吴主席", &[(Role::Chair, &site.neighbour)])
            .await;
        let mut reviewer = site
            .sign_in_as("街道审核", &[(Role::Reviewer, &site.township)])
            .await;
        let desk = reviewer.get("/desk").await;
        let list = format!("/units/{}/risk", site.township.id);
        assert!(
            desk.body.contains(&format!("href=\"{list}\"")),
            "{}",
            desk.body
        );
        let text = reviewer.get(&list).await.text();
        assert!(
            text.contains("长江纺织厂工会") && text.contains("红梅食品厂工会"),
            "{text}"
        );
        assert!(
            text.contains("年度表没有填、没有申报、没有测评结果"),
            "{text}"
        );
        assert!(!text.contains("钟楼机床厂工会"), "{text}");
        // From 20 to 31 October 2016 there are seven working days.
        assert!(
            text.contains("最后一天是 2016年10月31日，还有 7 个工作日"),
            "{text}"
        );

        let union = site.union.id.to_string();
        let nobody = [("risk", "not-begun"), ("how", "some")];
        let refused = reviewer.post_form(&list, &nobody).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("还没有选择要提醒的单位"),
            "{}",
            refused.text()
        );
        let ticked = [
            ("risk", "not-begun"),
            ("how", "some"),
            ("chosen", union.as_str()),
        ];
        let preview = reviewer.post_form(&list, &ticked).await.text();
        assert!(preview.contains("将提醒 1 个单位的 1 个人"), "{preview}");
        assert_eq!(count(&mut chair).await, None);
        let send = format!("{list}/reminder");
        let sent = reviewer.post_form(&send, &ticked).await;
        assert_eq!(sent.location(), format!("{list}?risk=not-begun"));
        assert_eq!(count(&mut chair).await.as_deref(), Some("1"));
        assert_eq!(count(&mut other).await, None);
        let text = chair.get("/messages").await.text();
        assert!(
            text.contains("红梅街道总工会提醒：2016 年度的建家工作还有没办的。"),
            "{text}"
        );
        assert!(text.contains("请在 2016年10月31日 前办好。"), "{text}");
        assert!(text.contains("还有 7 个工作日"), "{text}");
        let again = reviewer.post_form(&send, &ticked).await;
        assert!(
            again.text().contains("一个单位一个工作日只提醒一次"),
            "{}",
            again.text()
        );
        // A union has no such list, and strangers find none.
        assert_eq!(chair.get(&list).await.status, StatusCode::NOT_FOUND);
        let own = format!("/units/{}/risk", site.union.id);
        assert_eq!(reviewer.get(&own).await.status, StatusCode::NOT_FOUND);
        // After the last day there is nothing left to be reminded of, and the list says who missed it.
        site.app.clock.set(date(2016, 11, 8));
        let mut reviewer = site
            .sign_in_as("街道审批", &[(Role::Approver, &site.township)])
            .await;
        let page = reviewer.get(&list).await;
        let text = page.text();
        assert!(text.contains("没有在期限内申报的单位"), "{text}");
        assert!(text.contains("红梅食品厂工会"), "{text}");
        assert!(!page.body.contains("name=\"chosen\""), "{}", page.body);
        assert!(!page.body.contains("name=\"how\""), "{}", page.body);
        let late = reviewer.post_form(&send, &ticked).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
