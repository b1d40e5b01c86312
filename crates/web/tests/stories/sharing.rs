//! The pages of cases, topics and meetings: a case from a union to "how others did this", consent side by side, booking and who came.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site::{
    self, Client, TestSite,
    sharing::{TITLE, published, records},
};

fn fields<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", TITLE),
        ("problem", "意见没有地方说。"),
        ("method", "每天班前会留五分钟。"),
        ("effect", "全年收到 216 条。"),
        ("clauses", "Q3"),
    ]
}

async fn act(client: &mut Client, at: &str, fields: &[(&str, &str)]) {
    let done = client.post_form(at, fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{at}: {}", done.text());
}

#[tokio::test]
async fn a_case_is_written_edited_agreed_to_and_found_beside_a_criterion() {
    for site in site::both().await {
        let union = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &union).await;
        let own = format!("/units/{}/cases", site.union.id);
        let new = chair.get(&format!("{own}/new")).await;
        assert!(new.text().contains("写一个案例"), "{}", new.text());
        // What is wrong comes back with all that was typed.
        let mut wrong = fields();
        wrong[2] = ("method", "有事打 13812345678。");
        let refused = chair.post_form(&own, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("这里有电话号码 13812345678"));
        assert!(refused.body.contains("全年收到 216 条。"));
        let written = chair.post_form(&own, &fields()).await;
        let case = written.location();
        assert!(case.starts_with("/cases/"), "{}", written.text());
        let mut visitor = site.visitor();
        assert_eq!(visitor.get(&case).await.status, StatusCode::NOT_FOUND);

        act(&mut chair, &format!("{case}/handover"), &[]).await;
        let review = format!("{case}/review");
        for office in [&site.township, &site.district] {
            let roles = [(Role::Approver, office)];
            let mut officer = site.sign_in_as("审批", &roles).await;
            let queue = officer.get("/cases/queue").await;
            assert!(queue.text().contains(TITLE), "{}", queue.text());
            act(&mut officer, &review, &[("how", "recommend")]).await;
        }
        let roles = [(Role::Approver, &site.city)];
        let mut leader = site.sign_in_as("市审批", &roles).await;
        let page = leader.get(&format!("{case}/edit")).await;
        let (_, rest) = page.body.split_once("name=\"revision\" value=\"").unwrap();
        let revision = rest.split('"').next().unwrap().to_owned();
        let mut edited = fields();
        edited[0] = ("title", "班前五分钟，收齐小建议");
        edited.push(("revision", &revision));
        act(&mut leader, &format!("{case}/edit"), &edited).await;
        act(&mut leader, &review, &[("how", "ask")]).await;
        // Both texts stand side by side.
        let page = chair.get(&case).await;
        for words in [
            "报送单位原稿",
            "市总工会编辑稿",
            "班前五分钟，收齐小建议",
            "同意发布",
        ] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let desk = chair.get("/desk").await;
        assert!(
            desk.text().contains("编辑稿等您对照、答复"),
            "{}",
            desk.text()
        );
        let answer = format!("{case}/answer");
        act(&mut chair, &answer, &[("how", "agree"), ("number", "2")]).await;
        assert_eq!(visitor.get(&case).await.status, StatusCode::NOT_FOUND);
        act(&mut leader, &review, &[("how", "publish")]).await;
        let page = visitor.get(&case).await;
        assert!(page.text().contains("班前五分钟，收齐小建议"));
        // Nothing of who wrote it, and how it came about.
        for words in ["陈主席", "经过", "市审批"] {
            assert!(!page.text().contains(words), "{words}: {}", page.text());
        }
        let found = visitor.get("/cases?clause=Q3&q=%E5%BB%BA%E8%AE%AE").await;
        assert!(found.text().contains("收齐小建议"), "{}", found.text());
        let none = visitor.get("/cases?clause=M3b").await;
        assert!(none.text().contains("没有找到案例"), "{}", none.text());

        let neighbour = [(Role::Chair, &site.neighbour)];
        let mut reader = site.sign_in_as("邻居", &neighbour).await;
        let home = reader
            .get(&format!("/units/{}/home", site.neighbour.id))
            .await;
        assert!(home.text().contains("兄弟工会怎么做："), "{}", home.text());
        assert!(home.body.contains(&case));
        let like = format!("/cases?clause=Q3&like={}", site.neighbour.id);
        let like = reader.get(&like).await;
        assert!(like.text().contains("同类型、同规模、同行业的排在前面"));
        // Whose likes are asked for is told to whoever sees the union.
        let foreign = format!("/cases?like={}", site.neighbour.id);
        assert_eq!(visitor.get(&foreign).await.status, StatusCode::NOT_FOUND);

        // Who reads it and has no part in it is told whose it is, whatever they try.
        let edit = format!("{case}/edit");
        let read = reader.get(&edit).await;
        let mut refused = vec![read];
        for to in [&edit, &review, &answer, &format!("{case}/withdrawal")] {
            refused.push(reader.post_form(to, &[("how", "publish")]).await);
        }
        for page in refused {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.text());
            let told = format!("这件事由{}办理", site.union.name);
            assert!(page.text().contains(&told), "{}", page.text());
        }
        act(&mut chair, &format!("{case}/withdrawal"), &[]).await;
        assert_eq!(reader.get(&edit).await.status, StatusCode::NOT_FOUND);
        assert_eq!(visitor.get(&case).await.status, StatusCode::NOT_FOUND);
        leader.cookies.insert("lang".to_owned(), "en".to_owned());
        let text = leader.get(&case).await.text();
        assert!(text.contains("Taken down"), "{text}");
    }
}

#[tokio::test]
async fn a_case_shows_no_likes_counts_or_ranks() {
    for site in site::both().await {
        let id = published(&site).await;
        let mut visitor = site.visitor();
        let before = visitor.get(&format!("/cases/{id}")).await.text();
        let after = visitor.get(&format!("/cases/{id}")).await.text();
        // Reading it changes nothing of it.
        assert_eq!(before, after);
        for words in ["点赞", "浏览", "热门", "排行"] {
            let help = "不计浏览次数，不点赞，不排名";
            assert!(!before.replace(help, "").contains(words), "{words}");
        }
    }
}

#[tokio::test]
async fn a_union_speaks_on_a_topic_and_the_office_answers_and_closes() {
    for site in site::both().await {
        let records = records(&site).await;
        let topic = format!("/topics/{}", records["topics"]);
        let neighbour = [(Role::Chair, &site.neighbour)];
        let mut chair = site.sign_in_as("邻居", &neighbour).await;
        let desk = chair.get("/desk").await;
        assert!(
            desk.text().contains("怎样让新职工愿意入会"),
            "{}",
            desk.text()
        );
        let unit = site.neighbour.id.to_string();
        let said = [("unit", unit.as_str()), ("text", "先办卡，再入会。")];
        let at = format!("{topic}/contributions");
        let done = chair.upload(&at, &said, &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let district = [(Role::Approver, &site.district)];
        let mut office = site.sign_in_as("区审批", &district).await;
        let page = office.get(&topic).await;
        for words in ["师傅带着入会", "先办卡，再入会。"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        // Another union reads it, and answers nothing in the office's place.
        let closing = format!("{topic}/closing");
        let refused = chair.post_form(&closing, &[("summary", "好")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text().contains("不能代办"), "{}", refused.text());
        let contribution = &records["{contribution}"];
        let answer = format!("{at}/{contribution}/answer");
        let empty = office.post_form(&answer, &[("answer", "")]).await;
        assert!(empty.text().contains("请写内容"), "{}", empty.text());
        act(&mut office, &answer, &[("answer", "请写成案例。")]).await;
        act(
            &mut office,
            &format!("{topic}/closing"),
            &[("summary", "师傅带最有用。")],
        )
        .await;
        let page = chair.get(&topic).await;
        for words in ["请写成案例。", "师傅带最有用。", "已办结"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let stranger = [(Role::Chair, &site.other_union)];
        let mut stranger = site.sign_in_as("外人", &stranger).await;
        assert_eq!(stranger.get(&topic).await.status, StatusCode::NOT_FOUND);
    }
}

async fn at_the_meeting(site: &TestSite) -> (String, Client) {
    let records = records(site).await;
    let neighbour = [(Role::Chair, &site.neighbour)];
    let chair = site.sign_in_as("邻居", &neighbour).await;
    (format!("/meetings/{}", records["meetings"]), chair)
}

#[tokio::test]
async fn places_are_booked_and_who_came_is_marked() {
    for site in site::both().await {
        let (meeting, mut chair) = at_the_meeting(&site).await;
        let unit = site.neighbour.id.to_string();
        let at = format!("{meeting}/bookings");
        let empty = chair.post_form(&at, &[("unit", &unit)]).await;
        assert!(
            empty.text().contains("请写参加人的姓名"),
            "{}",
            empty.text()
        );
        act(&mut chair, &at, &[("unit", &unit), ("name", "李娜")]).await;
        let page = chair.get(&meeting).await;
        assert!(page.text().contains("李娜"), "{}", page.text());
        // Who comes for another union is for the host and whoever called it. One of a union comes, so no other name is asked for.
        for words in ["陈静", "参加人姓名"] {
            assert!(!page.text().contains(words), "{words}: {}", page.text());
        }
        let union = [(Role::Chair, &site.union)];
        let mut host = site.sign_in_as("陈主席", &union).await;
        let page = host.get(&meeting).await;
        for words in ["李娜", "陈静", "还有 2 个"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        site.app.clock.set(jiff::civil::date(2016, 11, 8));
        let mut host = site.sign_in_as("陈主席", &union).await;
        let page = host.get(&meeting).await;
        for words in ["到了的勾上", "预约已截止"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let (_, rest) = page.body.split_once("name=\"came\" value=\"").unwrap();
        let booking = rest.split('"').next().unwrap().to_owned();
        let attendance = format!("{meeting}/attendance");
        act(&mut host, &attendance, &[("came", &booking)]).await;
        let page = host.get(&meeting).await;
        assert!(page.text().contains("已登记到会 1 人。"), "{}", page.text());
    }
}
