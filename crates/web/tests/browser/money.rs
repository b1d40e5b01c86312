//! What a village federation gets in every combination of a title and a finding, on a phone; `payments` has how it is paid.

#[path = "money/payments.rs"]
mod payments;

use std::sync::Arc;

use jianjia_app::{core::app::App, exchange::verification, money::subsidy::base as bases};
use jianjia_demo::testing::{TestCity, city, fixtures::Answers, keep, story::PASSWORD};
use jianjia_domain::{
    check::outcome::{CheckEffect, EffectLifting},
    core::{
        ids::{CheckEffectId, VisitId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    money::subsidy::BaseInput,
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{check::outcome as effects, register::unit, testing};
use jiff::civil::date;
use serde_json::json;

use crate::browser::{Browser, with_browser};

/// The year that is reckoned and paid.
const YEAR: i16 = 2017;
const SUBSIDIES: &str = "/subsidies/2017";
const LEADER: &str = "qian";

const PLAIN: &str = "10,000.00";
const TITLED: &str = "10,000.00 + 40%（R3，信赖职工之家 2016）= 14,000.00";
const SHORT: &str = "10,000.00 − 20%（R4，2016年抽查未达标）= 8,000.00";
const BOTH: &str = "10,000.00 − 20%（R4，2016年抽查未达标）= 8,000.00；+ 40%（R3，信赖职工之家 2016）因同时下调，暂停";
/// Where the district sets the two against each other, by days, from its members.
const OWN: &str = "会员人数 250 × 20.00 = 5,000.00 + 30%（R5，信赖职工之家 2016） − 30% × 334/365（R5，2016年抽查未达标）= 5,127.00（四舍五入到 1.00 元）";
/// The title was revoked in June.
const HALF: &str = "10,000.00 + 40% × 6/12（R3，信赖职工之家 2016）= 12,000.00";

/// A city on the first of February, with the one who reckons and grants.
struct Stage {
    city: TestCity,
    top: UnitPlace,
    district: UnitPlace,
    leader: Actor,
}

impl Stage {
    async fn begin() -> Stage {
        let city = city(testing::sqlite().await, date(YEAR, 2, 1));
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let roles = [(Role::Approver, &top)];
        let leader = city.account(LEADER, PASSWORD, "钱明", None, &roles).await;
        Stage {
            city,
            top,
            district,
            leader,
        }
    }

    fn app(&self) -> &App {
        &self.city.app
    }

    async fn village(&self, upper: &UnitPlace, name: &str, division: &str) -> UnitPlace {
        let village = self.city.unit(Some(upper), UnitKind::Village, name).await;
        let mut tx = self.app().db.write("test").await.expect("a transaction");
        let found = unit::find(&mut tx, &village.id)
            .await
            .expect("the register");
        let mut record = found.expect("the village");
        division.clone_into(&mut record.details.division);
        let kept = unit::change::update(&mut tx, &record).await;
        assert!(kept.expect("it is kept"), "nobody else changed it");
        keep(self.app(), tx).await;
        village
    }

    async fn trusted(&self, village: &UnitPlace) {
        let level = HonourLevel::City;
        self.city
            .holds(village, None, "trusted-home", YEAR - 1, level)
            .await;
    }

    /// As the city decides on a red visit of last year's spot check.
    async fn found_short(&self, village: &UnitPlace, visit: VisitId) {
        let app = self.app();
        let effect = CheckEffect {
            id: CheckEffectId(app.entropy.id(app.now())),
            year: YEAR - 1,
            unit: village.id,
            unit_path: village.path.clone(),
            clause: "R4".to_owned(),
            visit,
            recorded_at: app.now(),
            recorded_by_name: "钱明".to_owned(),
            lifted: None,
        };
        let mut tx = app.db.write("test").await.expect("a transaction");
        let kept = effects::record_effect(&mut tx, &effect).await;
        assert!(kept.expect("it is kept"), "it is the only one");
        keep(app, tx).await;
    }

    /// The decision on a visit is taken back.
    async fn lifted(&self, visit: &VisitId) {
        let app = self.app();
        let lifting = EffectLifting {
            at: app.now(),
            by_name: "钱明".to_owned(),
            reason: "数据有误".to_owned(),
        };
        let mut tx = app.db.write("test").await.expect("a transaction");
        let lifted = effects::lift_effects(&mut tx, visit, &lifting).await;
        assert_eq!(lifted.expect("lifted"), 2);
        keep(app, tx).await;
    }

    async fn base(&self, village: &UnitPlace) {
        let input = BaseInput {
            year: YEAR,
            amount: "10000".to_owned(),
            note: String::new(),
            seen: 0,
        };
        let recorded = bases::record(self.app(), &self.leader, &village.id, &input).await;
        recorded.expect("the base is recorded");
    }

    async fn verifies(&self) {
        let found = verification::verify(self.app()).await;
        assert_eq!(found.expect("it is worked out again").faults, [""; 0]);
    }
}

/// The four combinations, and a village of a district with a scheme of its own.
struct Villages {
    plain: UnitPlace,
    titled: UnitPlace,
    short: UnitPlace,
    both: UnitPlace,
    own: UnitPlace,
    visit: VisitId,
}

async fn villages(stage: &Stage) -> Villages {
    let make = async |name, division| stage.village(&stage.district, name, division).await;
    let plain = make("朝阳村工会联合会", "320402001001").await;
    let titled = make("红梅村工会联合会", "320402001002").await;
    let short = make("青龙村工会联合会", "320402001003").await;
    let both = make("丁堰村工会联合会", "320402001004").await;
    let other = stage
        .city
        .unit(Some(&stage.top), UnitKind::District, "溧阳市总工会")
        .await;
    let own = stage
        .village(&other, "城东村工会联合会", "320481001001")
        .await;
    for village in [&titled, &both, &own] {
        stage.trusted(village).await;
    }
    let app = stage.app();
    let [visit, another] = [0, 1].map(|_| VisitId(app.entropy.id(app.now())));
    stage.found_short(&short, visit).await;
    stage.found_short(&both, visit).await;
    stage.found_short(&own, another).await;
    for village in [&titled, &short, &both] {
        stage.base(village).await;
    }
    Villages {
        plain,
        titled,
        short,
        both,
        own,
        visit,
    }
}

fn page_of(village: &UnitPlace) -> String {
    format!("/units/{}/subsidy", village.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_village_reads_its_subsidy_in_all_four_combinations_and_by_its_districts_scheme()
{
    let stage = Arc::new(Stage::begin().await);
    let villages = villages(&stage).await;
    let roles = [(Role::Chair, &villages.both)];
    stage
        .city
        .account("dingyan", PASSWORD, "丁建国", None, &roles)
        .await;
    let (app, on) = (stage.app().clone(), stage.clone());
    with_browser("money-subsidies", app, |browser| async move {
        browser.be_wide(375).await;
        the_city_types_a_base(&browser, &villages).await;
        the_year_is_seen_and_reckoned(&browser, &on, &villages).await;
        each_reads_its_sum(&browser, &villages).await;
        a_title_is_lost_and_a_finding_lifted(&browser, &on, &villages).await;
        it_is_reckoned_again_with_a_reason(&browser, &villages).await;
    })
    .await;
    stage.verifies().await;
}

async fn the_city_types_a_base(browser: &Browser, villages: &Villages) {
    browser.sign_in(LEADER, PASSWORD).await;
    browser.open(&format!("{SUBSIDIES}/bases")).await;
    browser
        .sees("1 个单位还没有登记基数，它们的补贴还不知道。")
        .await;
    browser.click(&villages.plain.name).await;
    browser.sees("登记 2017 年的基数").await;
    browser.fill("基数（元）", "一万").await;
    browser.click("登记基数").await;
    browser.sees("“一万”不是金额").await;
    assert_eq!(browser.value("基数（元）").await, "一万");
    browser.picture_on_the_phone("01-no-amount").await;
    browser.fill("基数（元）", "10,000").await;
    browser.click("登记基数").await;
    browser.sees("2017 年的补贴基数已登记。").await;
}

async fn the_year_is_seen_and_reckoned(browser: &Browser, stage: &Stage, villages: &Villages) {
    browser.open(SUBSIDIES).await;
    browser.click("预览核定").await;
    // The other district counts members, which nobody said yet: unknown is not zero.
    for words in [
        "1 个单位的基数还不知道",
        "基数还不知道（年度表没有“会员人数”）",
    ] {
        browser.sees(words).await;
    }
    let answers = Answers::from([("members".to_owned(), json!(250))]);
    stage.city.said(&villages.own, None, YEAR, &answers).await;
    browser.open(&format!("{SUBSIDIES}/reckoning")).await;
    for sum in [TITLED, SHORT, BOTH, OWN] {
        browser.sees(sum).await;
    }
    browser.does_not_see("基数还不知道").await;
    browser.picture_on_the_phone("02-preview").await;
    browser.click("核定 5 个单位的补贴").await;
    browser
        .sees("2017 年的补贴已核定，5 个单位有新的结果。")
        .await;
    for words in ["45,127.00", "第 1 次核定", "上浮与下调并存"] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("03-reckoned").await;
}

async fn each_reads_its_sum(browser: &Browser, villages: &Villages) {
    let sums = [
        (&villages.plain, PLAIN, "不变"),
        (&villages.titled, TITLED, "上浮"),
        (&villages.short, SHORT, "下调"),
        (&villages.both, BOTH, "上浮与下调并存"),
        (&villages.own, OWN, "上浮与下调并存"),
    ];
    for (village, sum, change) in sums {
        browser.open(&page_of(village)).await;
        browser.sees(sum).await;
        browser.sees(change).await;
    }
    // What its own district decided stands above it.
    browser.sees("按会员人数，每人20元").await;
    browser.picture_on_the_phone("04-of-its-district").await;
    browser.sign_in("dingyan", PASSWORD).await;
    browser.open(&page_of(&villages.both)).await;
    browser.sees(BOTH).await;
    browser.does_not_see("更正基数").await;
    browser.picture_on_the_phone("05-both-at-once").await;
}

async fn a_title_is_lost_and_a_finding_lifted(
    browser: &Browser,
    stage: &Stage,
    villages: &Villages,
) {
    stage.app().clock.set(date(YEAR, 6, 15));
    stage.lifted(&villages.visit).await;
    browser.sign_in(LEADER, PASSWORD).await;
    browser.open(&page_of(&villages.titled)).await;
    browser.sees(TITLED).await;
    // What the sum stands on leads to the title.
    browser.click("信赖职工之家 2016").await;
    browser.click("暂停、恢复或撤销").await;
    browser.choose("办理什么", "撤销：不再有效，不能恢复").await;
    browser.fill("理由", "年中发现不符合条件").await;
    browser.click("确认办理").await;
    browser.open(&page_of(&villages.titled)).await;
    // Nothing follows by itself; what a new reckoning would come to is told.
    browser.sees(TITLED).await;
    browser
        .sees(&format!("核定以后情况有变化，重新核定会是：{HALF}"))
        .await;
    browser.picture_on_the_phone("06-title-lost").await;
}

async fn it_is_reckoned_again_with_a_reason(browser: &Browser, villages: &Villages) {
    browser.open(SUBSIDIES).await;
    browser.click("核定以后的变化").await;
    browser.sees(HALF).await;
    for before in [TITLED, SHORT, BOTH] {
        browser.sees(&format!("原来：{before}")).await;
    }
    browser.click("核定 3 个单位的补贴").await;
    browser.sees("这一年已经核定过，重新核定要写明理由。").await;
    browser.fill("重新核定的理由", "称号撤销，认定撤回").await;
    browser.picture_on_the_phone("07-again").await;
    browser.click("核定 3 个单位的补贴").await;
    for words in [
        "2017 年的补贴已核定，3 个单位有新的结果。",
        "第 2 次核定",
        "称号撤销，认定撤回",
    ] {
        browser.sees(words).await;
    }
    let sums = [
        (&villages.titled, HALF),
        (&villages.short, PLAIN),
        (&villages.both, TITLED),
        (&villages.own, OWN),
    ];
    for (village, sum) in sums {
        browser.open(&page_of(village)).await;
        browser.sees(sum).await;
        browser.does_not_see("核定以后情况有变化").await;
    }
    browser.open(&page_of(&villages.titled)).await;
    browser.unfold("以前的核定结果").await;
    browser.sees(TITLED).await;
    browser.picture_on_the_phone("08-both-results").await;
}
