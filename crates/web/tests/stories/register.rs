//! The register and the imports as people meet them in pages.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

/// The revision that a form carries.
fn revision(body: &str) -> String {
    let (_, rest) = body
        .split_once("name=\"revision\" value=\"")
        .expect("a revision");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_clerk_mends_the_record_and_a_wrong_form_comes_back_with_what_was_typed() {
    for site in site::both().await {
        let mut clerk = site.sign_in_as("经办", &[(Role::Clerk, &site.union)]).await;
        let edit = format!("/units/{}/edit", site.union.id);
        let page = clerk.get(&edit).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            !page.body.contains("name=\"name\""),
            "the name is the upper union's to correct"
        );
        let revision = revision(&page.body);
        let fields = [
            ("revision", revision.as_str()),
            ("workers", "200"),
            ("members", "不清楚"),
        ];
        let page = clerk.post_form(&edit, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text()
                .contains("“不清楚”不是人数。请填 0 或正整数，例如 186"),
            "{}",
            page.text()
        );
        assert!(page.body.contains("value=\"不清楚\""));
        let fields = [
            ("revision", revision.as_str()),
            ("workers", "200"),
            ("members", "190"),
        ];
        let page = clerk.post_form(&edit, &fields).await;
        assert_eq!(page.location(), format!("/units/{}", site.union.id));
        let shown = clerk.get(&page.location()).await.text();
        assert!(shown.contains("职工人数\n200\n会员人数\n190"), "{shown}");
        // A form from before: nothing is lost, neither what was saved nor what was typed.
        let fields = [
            ("revision", revision.as_str()),
            ("workers", "300"),
            ("members", "190"),
        ];
        let page = clerk.post_form(&edit, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("别人已经保存了新的内容"));
        assert!(page.body.contains("value=\"300\""));
        let history = clerk
            .get(&format!("/units/{}/history?on=2016-10-20", site.union.id))
            .await
            .text();
        assert!(history.contains("2016年10月20日 时的登记"), "{history}");
        assert!(history.contains("更正"), "{history}");
    }
}

#[tokio::test]
async fn a_union_is_moved_after_its_consequences_were_shown() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("市管理员", &[(Role::Administrator, &site.city)])
            .await;
        let transfer = format!("/units/{}/transfer", site.township.id);
        assert_eq!(admin.get(&transfer).await.status, StatusCode::OK);
        let change = [
            ("target", "钟楼区总工会"),
            ("on", "2016-10-01"),
            ("note", "常工发〔2016〕8号"),
        ];
        let page = admin.post_form(&transfer, &change).await;
        let shown = page.text();
        assert!(
            shown.contains("“红梅街道总工会”转到“钟楼区总工会”下面。"),
            "{shown}"
        );
        assert!(shown.contains("下面的 3 个单位跟着一起转移。"), "{shown}");
        let revision = revision(&page.body);
        let mut confirmed = change.to_vec();
        confirmed.extend([("step", "confirm"), ("revision", revision.as_str())]);
        let page = admin.post_form(&transfer, &confirmed).await;
        assert_eq!(page.location(), format!("/units/{}", site.township.id));
        let mut of_old = site
            .sign_in_as("东区", &[(Role::Reviewer, &site.district)])
            .await;
        let mut of_new = site
            .sign_in_as("西区", &[(Role::Reviewer, &site.other_district)])
            .await;
        let union = format!("/units/{}", site.union.id);
        let seen = [
            of_old.get(&union).await.status,
            of_new.get(&union).await.status,
        ];
        assert_eq!(seen, [StatusCode::NOT_FOUND, StatusCode::OK]);
        let again = admin.post_form(&transfer, &confirmed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("不需要转移"));
    }
}

#[tokio::test]
async fn the_list_shows_what_is_theirs_and_phones_only_to_those_who_call() {
    for site in site::both().await {
        let mut reviewer = site
            .sign_in_as("审核", &[(Role::Reviewer, &site.district)])
            .await;
        let shown = reviewer.get("/units?q=长江").await.text();
        assert!(
            shown.contains("长江纺织厂工会") && !shown.contains("红梅食品厂工会"),
            "{shown}"
        );
        let all = reviewer.get("/units").await.text();
        assert!(
            all.contains("共 5 个") && !all.contains("钟楼机床厂工会"),
            "{all}"
        );
        let table = reviewer.get("/units/export?q=长江&format=csv").await;
        let names: Vec<&str> = table
            .body
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').next())
            .collect();
        assert_eq!(names, ["长江纺织厂工会", "长江纺织厂细纱车间分工会"]);
        let workbook = reviewer.get("/units/export?format=xlsx").await;
        assert_eq!(
            workbook.header("content-disposition"),
            "attachment; filename=\"units.xlsx\""
        );
        let mut clerk = site.sign_in_as("经办", &[(Role::Clerk, &site.union)]).await;
        let people = format!("/units/{}/people", site.union.id);
        let person = [
            ("name", "王芳"),
            ("post", "chair"),
            ("phone", "13861012345"),
        ];
        assert_eq!(clerk.post_form(&people, &person).await.location(), people);
        assert!(clerk.get(&people).await.text().contains("13861012345"));
        let masked = reviewer.get(&people).await.text();
        assert!(
            masked.contains("王芳") && masked.contains("138****2345"),
            "{masked}"
        );
        assert!(!masked.contains("13861012345"));
        let twice = clerk
            .post_form(&people, &[("name", "李静"), ("post", "chair")])
            .await;
        assert!(
            twice.text().contains("现任工会主席登记的是“王芳”"),
            "{}",
            twice.text()
        );
    }
}

#[tokio::test]
async fn a_table_is_checked_row_by_row_and_then_imported() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("区管理员", &[(Role::Administrator, &site.district)])
            .await;
        let unit = site.district.id.to_string();
        let fields = [("kind", "unions"), ("unit", unit.as_str())];
        let template = admin.get("/imports/templates/unions").await;
        assert_eq!(template.status, StatusCode::OK);
        let bad = "工会名称,上级工会,会员人数,职工人数\n甲厂工会,红梅街道总工会,5,3\n乙厂工会,红梅街道总工会,3,5\n";
        let page = admin
            .upload("/imports", &fields, &[("file", "名单.csv", bad.as_bytes())])
            .await;
        let shown = admin.get(&page.location()).await.text();
        assert!(
            shown.contains("有 1 行不能导入，所以整张表都还没有导入"),
            "{shown}"
        );
        assert!(
            shown.contains("2\n甲厂工会\n不能导入\n会员人数：会员 5 人，比职工 3 人还多"),
            "{shown}"
        );
        // The others could be imported alone, and the bad row is given back.
        assert!(shown.contains("只导入能导入的 1 行"), "{shown}");
        let returned = admin.get(&format!("{}/returned", page.location())).await;
        assert_eq!(returned.status, StatusCode::OK);
        let good = bad.replace("5,3", "3,5");
        let page = admin
            .upload(
                "/imports",
                &fields,
                &[("file", "名单.csv", good.as_bytes())],
            )
            .await;
        let import = page.location();
        let confirmation = format!("{import}/confirmation");
        admin.get(&import).await;
        for _ in 0..2 {
            assert_eq!(admin.post_form(&confirmation, &[]).await.location(), import);
        }
        assert!(admin.get("/units?q=甲厂").await.text().contains("共 1 个"));
        let wrong = [
            (
                "照片.xlsx",
                b"\x89PNG\r\n\x1a\n".to_vec(),
                "文件名说是表格，内容却是 PNG",
            ),
            ("空.csv", Vec::new(), "文件是空的"),
        ];
        for (name, bytes, sentence) in wrong {
            let page = admin
                .upload("/imports", &fields, &[("file", name, &bytes)])
                .await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(page.text().contains(sentence), "{}", page.text());
        }
        let large = vec![b'a'; 50 * 1024 * 1024];
        let page = admin
            .upload("/imports", &fields, &[("file", "大.xlsx", &large)])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("“大.xlsx”有 50.0 MB，超过 20 MB"));
        let mut clerk = site.sign_in_as("经办", &[(Role::Clerk, &site.union)]).await;
        assert_eq!(clerk.get("/imports").await.status, StatusCode::FORBIDDEN);
        assert_eq!(clerk.get(&import).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn whoever_needs_help_reads_the_telephone_of_the_union_above() {
    for site in site::both().await {
        let mut office = site
            .sign_in_as("街道经办", &[(Role::Clerk, &site.township)])
            .await;
        let edit = format!("/units/{}/edit", site.township.id);
        let revision = revision(&office.get(&edit).await.body);
        let fields = [("revision", revision.as_str()), ("phone", "0519-86681234")];
        let saved = office.post_form(&edit, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get("/desk").await;
        let words = "有问题请问：红梅街道总工会，电话\n0519-86681234";
        assert!(page.text().contains(words), "{}", page.text());
        assert!(page.body.contains("href=\"tel:0519-86681234\""));
    }
}

#[tokio::test]
async fn a_near_name_is_chosen_once_for_the_table_and_identity_numbers_are_sent_back() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("区管理员", &[(Role::Administrator, &site.district)])
            .await;
        let unit = site.district.id.to_string();
        let fields = [("kind", "people"), ("unit", unit.as_str())];
        let table = "姓名,所在工会,身份\n李一,红梅街道工会,基层工会工作者\n李二,红梅街道工会,基层工会工作者\n";
        let page = admin
            .upload(
                "/imports",
                &fields,
                &[("file", "干部.csv", table.as_bytes())],
            )
            .await;
        let import = page.location();
        let shown = admin.get(&import).await.text();
        assert!(shown.contains("这些名称是哪个工会"), "{shown}");
        assert!(shown.contains("“红梅街道工会”（2 行）是"), "{shown}");
        let html = admin.get(&import).await.body;
        let chosen = html
            .split("<option value=\"")
            .filter_map(|part| part.split_once('"'))
            .find(|(_, rest)| rest.contains("红梅街道总工会（编号"))
            .map(|(number, _)| number.to_owned())
            .expect("the union is among the candidates");
        let pairs = format!("{import}/pairs");
        let done = admin
            .post_form(&pairs, &[("name-0", chosen.as_str())])
            .await;
        assert_eq!(done.location(), import);
        let shown = admin.get(&import).await.text();
        assert!(shown.contains("按您说的，这些名称指"), "{shown}");
        assert!(shown.contains("每一行都能导入"), "{shown}");
        let number = "329999198105178009";
        let table = format!("姓名,身份证号,所在工会,身份\n李一,{number},红梅街道总工会,工会主席\n");
        let page = admin
            .upload(
                "/imports",
                &fields,
                &[("file", "干部.csv", table.as_bytes())],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = page.text();
        assert!(
            text.contains("表里有个人的身份证号码：第 2 行 B 列"),
            "{text}"
        );
        assert!(!text.contains(number), "{text}");
    }
}
