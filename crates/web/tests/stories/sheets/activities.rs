//! The log of activities, as a chair keeps it.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

#[tokio::test]
async fn an_activity_of_a_missing_month_finds_its_form_open_and_its_month_filled_in() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/activities", site.union.id);
        let fields = [
            ("request_key", "k"),
            ("held_on", "2016-08-18"),
            ("kind", "culture"),
            ("title", "纳凉晚会"),
        ];
        chair.upload(&path, &fields, &[]).await;
        let page = chair.get(&path).await;
        let form = "<details class=\"card\" id=\"log\"";
        assert!(page.body.contains(&format!("{form}>")), "folded");
        let link = format!("{path}?from=2016-09-01#log");
        assert!(page.body.contains(&link), "{}", page.body);
        let page = chair.get(link.split('#').next().unwrap()).await;
        assert!(
            page.body.contains(&format!("{form} open>")),
            "{}",
            page.body
        );
        assert!(page.body.contains("value=\"2016-09-01\""));
        assert!(
            page.text()
                .contains("已先填上所缺时段的第一天，请改成实际举办的那一天。")
        );
    }
}

#[tokio::test]
async fn an_activity_is_logged_on_the_page_and_taken_out_again() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/activities", site.union.id);
        let page = chair.get(&path).await;
        assert!(page.text().contains("还没有登记过活动"), "{}", page.text());
        let wrong = chair
            .upload(
                &path,
                &[("held_on", "2016-11-01"), ("title", "运动会")],
                &[],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text().contains("2016-11-01 还没到") && wrong.body.contains("value=\"运动会\"")
        );
        let fields = [
            ("request_key", "k"),
            ("held_on", "2016-08-18"),
            ("kind", "culture"),
            ("title", "纳凉晚会"),
            ("participants", "60"),
        ];
        for _ in 0..2 {
            let logged = chair.upload(&path, &fields, &[]).await;
            assert_eq!(logged.location(), path);
        }
        let page = chair.get(&path).await;
        let text = page.text();
        assert_eq!(text.matches("纳凉晚会").count(), 1, "{text}");
        assert!(
            text.contains("2016年8月18日 · 60 人参加") && text.contains("缺 3 个"),
            "{text}"
        );
        let link = format!("href=\"{path}/");
        let links = page.body.split(&link).skip(1);
        let mut ids = links.filter_map(|rest| rest.split('"').next());
        let id = ids.find(|id| !id.starts_with("export"));
        let one = format!("{path}/{}", id.expect("a way to correct it"));
        // Corrected, its evidence stays with it; the same form twice corrects it once.
        let form = chair.get(&one).await;
        assert!(form.body.contains("value=\"纳凉晚会\""), "{}", form.body);
        let wrong = chair.post_form(&one, &[("held_on", "2016-11-01")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let corrected = [
            ("request_key", "c"),
            ("held_on", "2016-08-19"),
            ("kind", "culture"),
            ("title", "消夏晚会"),
            ("participants", "70"),
        ];
        for _ in 0..2 {
            let done = chair.post_form(&one, &corrected).await;
            assert_eq!(done.location(), path, "{}", done.text());
        }
        let page = chair.get(&path).await;
        let text = page.text();
        assert!(!text.contains("纳凉晚会"), "{text}");
        assert!(
            text.contains("消夏晚会") && text.contains("2016年8月19日 · 70 人参加"),
            "{text}"
        );
        assert_eq!(chair.get(&one).await.status, StatusCode::NOT_FOUND);
        // It is asked before it is removed.
        let (_, rest) = page
            .body
            .split_once("/removal\"")
            .map(|(before, _)| before.rsplit_once("href=\"").expect("a link"))
            .expect("a way to take it out");
        let removal = format!("{rest}/removal");
        assert!(
            chair
                .get(&removal)
                .await
                .text()
                .contains("删除“消夏晚会”吗？")
        );
        assert!(chair.get(&path).await.text().contains("消夏晚会"));
        assert_eq!(
            chair.post_form(&removal, &[]).await.status,
            StatusCode::SEE_OTHER
        );
        let page = chair.get(&path).await;
        assert!(!page.text().contains("消夏晚会"), "{}", page.text());
    }
}

#[tokio::test]
async fn more_people_than_work_there_are_asked_about() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/activities", site.union.id);
        // More people than work there: asked about, and taken once it is said that others joined.
        let workers = [("workers", serde_json::json!(214))];
        let said = workers.map(|(key, value)| (key.to_owned(), value)).into();
        let city = &site.city_of_tests;
        city.said(&site.union, None, 2016, &said).await;
        let crowd = [
            ("request_key", "crowd"),
            ("held_on", "2016-08-20"),
            ("kind", "culture"),
            ("title", "万人游园"),
            ("participants", "9999"),
        ];
        let asked = chair.upload(&path, &crowd, &[]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            asked.text().contains("填了 9999 人，本单位职工只有")
                && asked.body.contains("name=\"with_others\""),
            "{}",
            asked.text()
        );
        let with_others = [&crowd[..], &[("with_others", "yes")]].concat();
        let logged = chair.upload(&path, &with_others, &[]).await;
        assert_eq!(logged.location(), path, "{}", logged.text());
        let text = chair.get(&path).await.text();
        assert!(text.contains("9,999 人参加"), "{text}");
    }
}
