//! The honour roll and the progress, as the public and as federations meet them.

mod programs;
mod vetoes;

use axum::http::StatusCode;
use jianjia_app::{
    core::{entropy::Entropy, standard::Standards},
    year::standing as standings,
};
use jianjia_domain::{
    core::{
        ids::{HonourId, PersonId},
        place::UnitPlace,
        policy::Role,
    },
    honour::honour::{Honour, HonourSource, HonourState},
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::honour::honour;
use jiff::civil::date;

use crate::site::{self, TestSite};

pub async fn held(site: &TestSite, unit: &UnitPlace, title: &str, person: &str) -> HonourId {
    held_since(site, unit, title, person, 2016).await
}

async fn held_since(
    site: &TestSite,
    unit: &UnitPlace,
    title: &str,
    person: &str,
    year: i16,
) -> HonourId {
    let entropy: &Entropy = &site.app.entropy;
    let now = site.app.now();
    let honour = Honour {
        id: HonourId(entropy.id(now)),
        title: title.to_owned(),
        level: HonourLevel::County,
        year,
        unit: unit.id,
        unit_path: unit.path.clone(),
        unit_kind: unit.kind,
        division: String::new(),
        holder_name: unit.name.clone(),
        holder_sort_key: unit.name.clone(),
        person: (!person.is_empty()).then(|| PersonId(entropy.id(now))),
        person_name: person.to_owned(),
        number: format!("常试〔{year}〕{}{title}号", unit.name),
        begun_on: date(year, 10, 1),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: None,
        application: None,
        batch: String::new(),
        revision: 1,
        recorded_at: now,
    };
    let mut tx = site.app.db.write("test").await.expect("a transaction");
    honour::insert(&mut tx, &honour).await.expect("kept");
    jianjia_demo::testing::keep(&site.app, tx).await;
    honour.id
}

#[tokio::test]
async fn the_public_searches_the_roll_and_never_reads_a_full_name() {
    for site in site::both().await {
        held(&site, &site.union, "model-home", "").await;
        let person = held(&site, &site.union, "outstanding-worker", "张三丰").await;
        held(&site, &site.other_union, "qualified-home", "").await;
        let mut visitor = site.visitor();
        let front = visitor.get("/").await;
        let (_, search) = front
            .body
            .split_once("<form method=\"get\" action=\"/honours\"")
            .unwrap();
        assert!(
            search
                .split_once("</form>")
                .unwrap()
                .0
                .contains("name=\"q\"")
        );
        assert!(front.text().contains("最近命名"), "{}", front.text());
        let roll = visitor.get("/honours").await;
        assert_eq!(roll.status, StatusCode::OK);
        assert!(roll.text().contains("共 3 个称号。"), "{}", roll.text());
        let narrowed = visitor
            .get(&format!(
                "/honours?q=%E7%BA%BA%E7%BB%87&title=model-home&year=2016-2020&under={}",
                site.district.id
            ))
            .await;
        assert!(narrowed.text().contains("共 1 个称号。"));
        assert!(narrowed.text().contains("只看天宁区总工会及其下属工会。"));
        // The whole name finds the person; the page shows the family name only, and so does the file.
        let by_name = visitor.get("/honours?q=%E5%BC%A0%E4%B8%89%E4%B8%B0").await;
        assert!(by_name.text().contains("共 1 个称号。"));
        let by_part = visitor.get("/honours?q=%E4%B8%89%E4%B8%B0").await;
        assert!(by_part.text().contains("没有找到"));
        let file = visitor.get("/honours/export?format=csv").await;
        let page = visitor.get(&format!("/honours/{person}")).await;
        for shown in [&roll, &file, &page] {
            assert!(shown.body.contains("张**"), "{}", shown.text());
            assert!(!shown.body.contains("三丰"), "{}", shown.text());
        }
        for nowhere in ["/honours/1", "/honours?under=1"] {
            assert_eq!(visitor.get(nowhere).await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn pages_of_an_old_year_show_the_titles_of_its_plan_while_the_next_holds() {
    for mut site in site::both().await {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let next = jianjia_standard::load::folder(&folder.join("../app/fixtures/invented-2021"));
        let old = site.app.in_force().clone();
        site.app.standards = Standards::before(old, vec![next.unwrap().into()]);
        site.web = jianjia_web::site(site.app.clone());
        site.app.clock.set(date(2021, 5, 10));
        let honour = held(&site, &site.union, "trusted-home", "").await;
        let mut leader = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let mut namings = async |year: i16| -> Vec<String> {
            let page = leader.get(&format!("/namings/{year}")).await;
            assert_eq!(page.status, StatusCode::OK);
            let text = page.text();
            let lines = text.lines().filter(|line| {
                line.contains("命名表彰（") || line.ends_with("之家") || line.contains("信赖")
            });
            lines.map(str::to_owned).collect()
        };
        let how = "由市总工会审核评选、命名表彰";
        let then = "。先看候选，勾选以后预览，再确认。";
        assert_eq!(
            namings(2016).await,
            [
                format!("三个信赖称号{how}（P4）{then}"),
                "信赖职工之家".to_owned(),
                "信赖职工小家".to_owned(),
                "职工最可信赖娘家人".to_owned(),
            ]
        );
        assert_eq!(
            namings(2021).await,
            [
                format!("一个幸福职工之家称号{how}（L2）{then}"),
                "幸福职工之家".to_owned(),
            ]
        );
        let mut visitor = site.visitor();
        let page = visitor.get(&format!("/honours/{honour}")).await.text();
        assert!(page.contains("长江纺织厂工会 · 信赖职工之家"), "{page}");
        let page = visitor.get("/standard").await.text();
        assert!(page.contains("温馨职工之家"), "{page}");
        assert!(
            page.contains("不得申报两个温馨职工之家、幸福职工之家称号"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn each_clause_of_the_standard_stands_once() {
    let site = site::both().await.remove(0);
    let page = site.visitor().get("/standard").await.body;
    let ids = page.split(" id=\"").skip(1);
    let ids = ids.map(|rest| rest.split('"').next().unwrap_or_default());
    let mut known = std::collections::BTreeSet::new();
    let again: Vec<&str> = ids.filter(|id| !known.insert(*id)).collect();
    assert!(known.contains("P5") && again.is_empty(), "{again:?}");
}

#[tokio::test]
async fn the_desk_tells_which_titles_are_held_those_from_before_the_programme_left_out() {
    for site in site::both().await {
        held_since(&site, &site.union, "qualified-home", "", 2016).await;
        held_since(&site, &site.union, "model-home", "", 2012).await;
        let mut tx = site.app.db.write("test").await.unwrap();
        standings::refresh(&mut tx, &site.app, &site.union.id, 2016)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let desk = chair.get("/desk").await.text();
        let rung = |title: &str, state: &str| {
            assert!(desk.contains(&format!("{title}\n{state}")), "{desk}");
        };
        rung("合格职工之家", "已获得");
        rung("模范职工之家", "还不知道");
    }
}

#[tokio::test]
async fn a_district_revokes_a_title_with_a_reason_that_everybody_reads() {
    for site in site::both().await {
        let id = held(&site, &site.union, "model-home", "").await;
        let at = format!("/honours/{id}/change");
        let mut stranger = site
            .sign_in_as("邻区", &[(Role::Approver, &site.other_district)])
            .await;
        assert_eq!(stranger.get(&at).await.status, StatusCode::NOT_FOUND);
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        assert_eq!(chair.get(&at).await.status, StatusCode::FORBIDDEN);

        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        assert_eq!(approver.get(&at).await.status, StatusCode::OK);
        let fields = |act: &'static str, reason: &'static str| {
            [("act", act), ("reason", reason), ("revision", "1")]
        };
        let again = approver.post_form(&at, &fields("", " ")).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("没有选择办理什么。请选一项。"));
        let again = approver.post_form(&at, &fields("revoked", " ")).await;
        assert!(again.text().contains("没有写理由"), "{}", again.text());
        let done = approver
            .post_form(&at, &fields("revoked", "弄虚作假"))
            .await;
        assert_eq!(done.location(), format!("/honours/{id}"));

        let mut visitor = site.visitor();
        let page = visitor.get(&format!("/honours/{id}")).await;
        assert!(
            page.text()
                .contains("这个称号已于 2016年10月20日 撤销，不再有效。"),
            "{}",
            page.text()
        );
        assert!(page.text().contains("理由：弄虚作假"));
        assert!(
            !page.text().contains("区审批"),
            "who did it is for insiders"
        );
        assert!(visitor.get("/honours").await.text().contains("还没有称号"));
    }
}

#[tokio::test]
async fn the_progress_counts_and_leads_to_the_lists_behind() {
    for site in site::both().await {
        held(&site, &site.union, "qualified-home", "").await;
        let mut visitor = site.visitor();
        let page = visitor.get("/progress").await;
        assert!(
            page.text().contains("3 个基层工会中有 1 个，目标要 3 个。"),
            "{}",
            page.text()
        );
        assert!(page.text().contains("33.3%"));
        // The day's share of the five years, and what is behind it.
        let text = page.text();
        assert!(
            text.contains("16.0%") && text.contains("落后于进度"),
            "{text}"
        );
        assert!(text.contains("哪些条目最难达到"), "{text}");
        assert!(
            text.contains("2016 年度已有 0 家基层工会有会员民主测评的结果，占 0.0%。"),
            "{text}"
        );
        let table = visitor
            .get("/progress/export?table=targets&format=csv")
            .await;
        let qualified = table.body.lines().find(|line| line.contains("G1,"));
        assert_eq!(
            qualified,
            Some("G1,合格职工之家,2020-12-31,1,3,33.3%,16.0%,1")
        );
        let table = visitor.get("/progress/export").await;
        assert!(
            table.body.contains("\r\n天宁区总工会,2,1,"),
            "{}",
            table.body
        );
        // Of four of the five years there is nothing to say yet, and one figure has a bar.
        let to_come = page
            .body
            .matches("<td class=\"number\"><span class=\"muted\">—</span></td>")
            .count();
        assert_eq!(to_come, site.app.in_force().targets.len() * 4);
        assert_eq!(page.body.matches("<rect x=").count(), 1);
        let list = format!(
            "/honours?title=qualified-home&#38;year=2016-2020&#38;kind=grassroots&#38;under={}",
            site.district.id
        );
        assert!(page.body.contains(&list), "{}", page.body);
        let list = visitor.get(&list.replace("&#38;", "&")).await;
        assert!(list.text().contains("长江纺织厂工会"));
    }
}

#[tokio::test]
async fn only_the_city_sees_the_namings() {
    for site in site::both().await {
        let mut district = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let mut city = site
            .sign_in_as("市审批", &[(Role::Approver, &site.city)])
            .await;
        for path in ["/namings", "/namings/2016", "/namings/2016/trusted-home"] {
            assert_eq!(district.get(path).await.status, StatusCode::NOT_FOUND);
            assert_eq!(city.get(path).await.status, StatusCode::OK, "{path}");
        }
        let early = city
            .post_form("/namings/2016/trusted-home/preview", &[("act", "name")])
            .await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.text().contains("2016-11-01"), "{}", early.text());
    }
}
