//! The departments' pages: the city's overview, the one page of a department, the unit's reply and the decision.

use jianjia_domain::{
    core::{place::UnitPlace, policy::Role},
    round::department::{Asked, DepartmentList},
};
use jianjia_store::{core::scope::Scope, round::department as departments};
use jiff::civil::date;

use crate::site::{self, Client, TestSite};

/// Somebody who answers for the tax office.
pub async fn answerer(site: &TestSite, name: &str) -> Client {
    let roles = [(Role::Department, &site.city)];
    let actor = site.city_of_tests.actor(name, &roles).await;
    let app = &site.app;
    let mut tx = app.db.write(Scope::Accounts).await.unwrap();
    departments::bind(&mut tx, &actor.account, "tax", app.now())
        .await
        .unwrap();
    jianjia_demo::testing::keep(app, tx).await;
    site.client_of(&actor).await
}

/// Puts a unit on the tax office's list of 2016, unless it is there.
pub async fn ask(site: &TestSite, unit: &UnitPlace) {
    let app = &site.app;
    let mut tx = app.db.write(Scope::Departments).await.unwrap();
    let lists = departments::lists(&mut tx, 2016).await.unwrap();
    let list = match lists.into_iter().find(|list| list.department == "tax") {
        Some(list) => list.id,
        None => {
            let list = DepartmentList {
                id: jianjia_domain::core::ids::DepartmentListId(app.entropy.id(app.now())),
                year: 2016,
                department: "tax".to_owned(),
                number: 1,
                due_on: date(2016, 11, 3),
                sent_at: app.now(),
                sent_by_name: "钱主任".to_owned(),
            };
            let by = jianjia_domain::core::ids::AccountId(app.entropy.id(app.now()));
            departments::insert_list(&mut tx, &list, &by).await.unwrap();
            list.id
        }
    };
    if departments::find(&mut tx, 2016, "tax", &unit.id)
        .await
        .unwrap()
        .is_none()
    {
        let asked = Asked {
            list,
            year: 2016,
            department: "tax".to_owned(),
            unit: unit.id,
            unit_path: unit.path.clone(),
            name: unit.name.clone(),
            sort_key: unit.name.clone(),
            credit_code: String::new(),
            employer_name: String::new(),
            employer_code: String::new(),
            answer: None,
        };
        departments::ask(&mut tx, &[asked]).await.unwrap();
    }
    jianjia_demo::testing::keep(app, tx).await;
}

#[tokio::test]
async fn a_department_has_one_page_and_answers_on_it() {
    for site in site::both().await {
        ask(&site, &site.union).await;
        let mut tax = answerer(&site, "税务赵").await;
        let desk = tax.get("/desk").await;
        assert_eq!(desk.location(), "/department");
        let page = tax.get("/department").await.text();
        assert!(page.contains("市地方税务局") && page.contains("长江纺织厂工会"));
        assert!(page.contains("未答复 1"), "silence is told as such: {page}");
        for elsewhere in [
            format!("/units/{}", site.union.id),
            "/units".to_owned(),
            "/search?q=1".to_owned(),
            "/vetoes".to_owned(),
            "/departments/2016".to_owned(),
            "/accounts/tokens".to_owned(),
        ] {
            let page = tax.get(&elsewhere).await;
            assert_eq!(page.status, 404, "{elsewhere}");
        }

        let address = format!("/department/2016/{}", site.union.id);
        let typed = [
            ("answer", "in-state"),
            ("on", "2016-05-03"),
            ("document", ""),
            ("note", "三个月"),
        ];
        let wrong = tax.post_form(&address, &typed).await;
        assert_eq!(wrong.status, 422);
        // What was typed is still there.
        assert!(wrong.text().contains("没有填文号") && wrong.body.contains("三个月"));
        let typed = [
            ("answer", "in-state"),
            ("on", "2016-05-03"),
            ("document", "税稽12号"),
        ];
        assert_eq!(tax.post_form(&address, &typed).await.status, 303);

        // The unit reads it and replies; nobody else's chair finds it.
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let home = chair.get(&format!("/units/{}/home", site.union.id)).await;
        let entry = home
            .body
            .split("href=\"/entries/")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .map(|id| format!("/entries/{id}"))
            .expect("the home page leads to the entry");
        assert!(chair.get(&entry).await.text().contains("税稽12号"));
        let mut stranger = site
            .sign_in_as("外人", &[(Role::Chair, &site.other_union)])
            .await;
        assert_eq!(stranger.get(&entry).await.status, 404);
        let reply = format!("{entry}/reply");
        let fields = [("reply", "五月已补缴")];
        assert_eq!(chair.upload(&reply, &fields, &[]).await.status, 303);

        // Who decides sees before what follows.
        let page = tax.get(&entry).await.text();
        assert!(page.contains("五月已补缴") && page.contains("维持会影响什么"));
        let decision = format!("{entry}/decision");
        let empty = tax.post_form(&decision, &[("outcome", "lifted")]).await;
        assert_eq!(empty.status, 422);
        assert!(empty.text().contains("没有写理由"));
        let fields = [("outcome", "upheld"), ("reason", "仍有欠缴")];
        assert_eq!(tax.post_form(&decision, &fields).await.status, 303);
        let page = chair.get(&entry).await.text();
        assert!(page.contains("仍有欠缴") && page.contains("已登记为否决情形"));

        // What was upheld is lifted on the same page; the unit reads both decisions.
        let page = tax.get(&entry).await.text();
        assert!(page.contains("解除，马上生效"), "{page}");
        let fields = [("outcome", "lifted"), ("reason", "六月已全部缴清")];
        assert_eq!(tax.post_form(&decision, &fields).await.status, 303);
        let page = chair.get(&entry).await.text();
        assert!(page.contains("仍有欠缴") && page.contains("六月已全部缴清"));
        assert!(!page.contains("已登记为否决情形") && page.contains("已解除"));
    }
}

#[tokio::test]
async fn a_department_sends_its_sheet_from_its_one_page() {
    for site in site::both().await {
        ask(&site, &site.union).await;
        let mut tax = answerer(&site, "税务赵").await;
        let page = tax.get("/department").await;
        assert!(page.text().contains("用表格答复"));
        let sheet = tax.get("/department/sheet?year=2016").await;
        assert_eq!(sheet.status, 200);
        let none = tax.upload("/department/sheets", &[], &[]).await;
        assert_eq!(none.status, 422);
        let table = format!(
            "部门,年度,单位工会,答复,说明,答复人\n市地方税务局,2016,{},不清楚,查无登记,赵科长\n",
            site.union.name
        );
        let files = [("file", "税务.csv", table.as_bytes())];
        let import = tax.upload("/department/sheets", &[], &files).await;
        let import = import.location();
        assert!(import.starts_with("/department/sheets/"), "{import}");
        let page = tax.get(&import).await;
        let (tab, text) = (&page.body, page.text());
        assert!(
            tab.contains("1 行待确认导入") && text.contains("查无登记"),
            "{text}"
        );
        let before = tax.get("/department").await.text();
        assert!(
            before.contains("未答复 1"),
            "nothing is answered by a check"
        );

        // Another department finds nothing of it, and an office has its own page.
        let mut other = answerer(&site, "税务钱").await;
        assert_eq!(other.get(&import).await.status, 404);
        let mut approver = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        assert_eq!(approver.get(&import).await.status, 404);

        let confirmation = format!("{import}/confirmation");
        assert_eq!(tax.post_form(&confirmation, &[]).await.status, 303);
        let page = tax.get("/department").await.text();
        assert!(page.contains("不清楚 1") && page.contains("查无登记"));
        assert_eq!(tax.get("/imports").await.status, 404);
    }
}

#[tokio::test]
async fn the_city_sees_how_far_the_departments_are() {
    for site in site::both().await {
        ask(&site, &site.union).await;
        let mut approver = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let page = approver.get("/departments").await;
        assert_eq!(page.location(), "/departments/2016");
        let page = approver.get("/departments/2016").await;
        let text = page.text();
        for word in ["市地方税务局", "V2 欠缴社会保险", "未答复", "还没有发"] {
            assert!(text.contains(word), "{word}");
        }
        let refused = approver
            .post_form("/departments/2016/courts/list", &[])
            .await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("没有要请市中级人民法院答复的"));
        let sheet = approver.get("/departments/2016/tax/sheet").await;
        assert_eq!(sheet.status, 200);
        let mut administrator = site
            .sign_in_as("管理员", &[(Role::Administrator, &site.city)])
            .await;
        let made = administrator
            .post_form(
                "/departments/2016/tax/account",
                &[("name", "税务钱"), ("login", "tax.qian")],
            )
            .await;
        assert_eq!(made.status, 200);
        assert!(made.text().contains("一次性密码"));
        let page = approver.get("/departments/2016").await.text();
        assert!(page.contains("税务钱"));
    }
}

#[tokio::test]
async fn all_silent_units_of_a_page_are_answered_for_through_a_preview() {
    for site in site::both().await {
        for unit in [&site.union, &site.neighbour, &site.other_union] {
            ask(&site, unit).await;
        }
        let mut tax = answerer(&site, "税务赵").await;
        let address = format!("/department/2016/{}", site.other_union.id);
        let said = [("answer", "unknown"), ("note", "另查")];
        assert_eq!(tax.post_form(&address, &said).await.status, 303);
        let page = tax.get("/department").await;
        let offered = "这一页未答复的 2 家都没有情形…";
        assert!(page.text().contains(offered), "{}", page.text());

        let [own, neighbour, answered] =
            [&site.union, &site.neighbour, &site.other_union].map(|unit| unit.id.to_string());
        let all = [
            ("year", "2016"),
            ("chosen", own.as_str()),
            ("chosen", neighbour.as_str()),
            ("chosen", answered.as_str()),
        ];
        let preview = tax.post_form("/department/answers/preview", &all).await;
        let text = preview.text();
        assert_eq!(preview.status, 200);
        // What is answered already is not asked for again, and nothing is done yet.
        assert!(
            text.contains("2 家单位没有情形") && text.contains("答复由税务赵签名。"),
            "{text}"
        );
        assert!(preview.body.contains(&own) && !preview.body.contains(&answered));
        let page = tax.get("/department").await.text();
        assert!(page.contains("未答复 2"), "{page}");
        // One is taken out; the other is answered for.
        let one = [
            ("year", "2016"),
            ("answer", "clear"),
            ("chosen", own.as_str()),
        ];
        assert_eq!(tax.post_form("/department/answers", &one).await.status, 303);
        let page = tax.get("/department").await.text();
        assert!(
            page.contains("未答复 1") && page.contains("这一页未答复的 1 家都没有情形…"),
            "{page}"
        );
        let none = [("year", "2016"), ("chosen", own.as_str())];
        let none = tax.post_form("/department/answers/preview", &none).await;
        assert_eq!(none.status, 422, "it is answered by now");
    }
}
