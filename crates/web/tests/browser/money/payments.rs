//! Money that was reckoned is granted, paid by two people, returned by the bank, paid again and spent on what it is for: on a phone.

use std::sync::Arc;

use jianjia_app::money::{
    bank,
    subsidy::reckoning::{self as reckonings, ReckonInput},
};
use jianjia_demo::testing::story::PASSWORD;
use jianjia_domain::{
    core::{
        place::UnitPlace,
        policy::{Actor, Role},
    },
    money::bank::BankForm,
};

use super::{LEADER, Stage, TITLED, YEAR};
use crate::browser::{Browser, with_browser};

const PAYMENTS: &str = "/money/2017/payments";

/// Those who are paid, and who pays them.
struct Payees {
    first: UnitPlace,
    second: UnitPlace,
    second_chair: Actor,
}

async fn payees(stage: &Stage) -> Payees {
    let make = async |name, division| stage.village(&stage.district, name, division).await;
    let first = make("朝阳村工会联合会", "320402001001").await;
    let second = make("红梅村工会联合会", "320402001002").await;
    stage.trusted(&second).await;
    for village in [&first, &second] {
        stage.base(village).await;
    }
    let (app, leader) = (stage.app(), &stage.leader);
    let preview = reckonings::preview(app, leader, YEAR).await;
    let input = ReckonInput {
        seen: preview.expect("a preview").digest,
        reason: String::new(),
    };
    let reckoned = reckonings::reckon(app, leader, YEAR, &input).await;
    assert_eq!(reckoned.expect("reckoned").units, 2);
    let account = async |login, name, role, unit| {
        stage
            .city
            .account(login, PASSWORD, name, None, &[(role, unit)])
            .await
    };
    account("sun", "孙芳", Role::Approver, &stage.top).await;
    account("wu", "吴小红", Role::Reviewer, &stage.top).await;
    account("chaoyang", "陈国华", Role::Chair, &first).await;
    Payees {
        second_chair: account("hongmei", "梅建平", Role::Chair, &second).await,
        first,
        second,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_money_is_paid_by_two_people_returned_paid_again_and_spent_on_what_it_is_for() {
    let stage = Arc::new(Stage::begin().await);
    let payees = payees(&stage).await;
    let (app, on) = (stage.app().clone(), stage.clone());
    with_browser("money-payments", app, |browser| async move {
        browser.be_wide(375).await;
        what_was_reckoned_is_granted_and_released(&browser, &payees).await;
        the_units_say_where_they_are_paid(&browser, &on, &payees).await;
        who_prepared_it_does_not_approve_it(&browser).await;
        another_approves_it_and_takes_the_file(&browser).await;
        the_bank_returns_one(&browser, &on).await;
        it_is_paid_again(&browser).await;
        money_for_a_wrong_purpose_is_refused_by_name(&browser, &on, &payees).await;
        the_year_shows_all_of_it(&browser).await;
    })
    .await;
    stage.verifies().await;
}

async fn what_was_reckoned_is_granted_and_released(browser: &Browser, payees: &Payees) {
    browser.sign_in(LEADER, PASSWORD).await;
    browser.open("/money/2017").await;
    browser.sees("这一年还没有经费").await;
    browser.click("拨款名单").await;
    browser.click("把核定的补贴列成拨款清单").await;
    for words in ["2017 年度拨款清单，2 行", "24,000.00", TITLED] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("01-list").await;
    browser.click("确认下达").await;
    browser.sees("已下达 2 笔").await;
    // It is granted once.
    browser.click("把核定的补贴列成拨款清单").await;
    browser.sees("没有核定了还没下达的补贴").await;
    browser.tick(&payees.first.name).await;
    browser.tick(&payees.second.name).await;
    browser.picture_on_the_phone("02-granted").await;
    browser.click("批准拨付所选").await;
    browser.sees("已批准拨付 2 笔，可以付款制单了。").await;
}

async fn the_units_say_where_they_are_paid(browser: &Browser, stage: &Stage, payees: &Payees) {
    browser.sign_in("chaoyang", PASSWORD).await;
    browser
        .open(&format!("/units/{}/bank", payees.first.id))
        .await;
    browser.sees("还没有登记银行账号").await;
    browser.fill("户名", &payees.first.name).await;
    browser.fill("开户行", "江南农村商业银行天宁支行").await;
    browser.fill("账号", "12").await;
    browser.click("登记银行账号").await;
    browser.sees("8 到 32 位数字").await;
    assert_eq!(browser.value("户名").await, payees.first.name);
    browser.fill("账号", "1105 0212 3456 7890").await;
    browser.click("登记银行账号").await;
    browser.sees("银行账号已登记。").await;
    browser.sees("…7890").await;
    browser.does_not_see("0212").await;
    browser.picture_on_the_phone("03-bank").await;
    // The other's is missing until it is said.
    browser.sign_in(LEADER, PASSWORD).await;
    browser.open(&format!("{PAYMENTS}/new")).await;
    for words in [
        "可以付 1 笔，共 10,000.00 元。",
        "这次不能付的 1 笔",
        "没有登记银行账号",
    ] {
        browser.sees(words).await;
    }
    let form = BankForm {
        account_name: payees.second.name.clone(),
        bank: "江南农村商业银行红梅支行".to_owned(),
        account: "1105 0212 9876 5432".to_owned(),
    };
    let (app, chair) = (stage.app(), &payees.second_chair);
    let said = bank::say(app, chair, &payees.second.id, &form, 0).await;
    said.expect("it is said");
    // What was seen is not what would be done by now.
    browser.click("制单，交审批").await;
    browser
        .sees("要付的款和您刚才看到的不一样了，没有制单。")
        .await;
}

async fn who_prepared_it_does_not_approve_it(browser: &Browser) {
    browser.open(PAYMENTS).await;
    browser.click("付款制单…").await;
    browser.sees("可以付 2 笔，共 24,000.00 元。").await;
    browser.picture_on_the_phone("04-preview").await;
    browser.click("制单，交审批").await;
    browser.sees("已制单，等另一位审批人审批。").await;
    browser.click("审批通过，生成付款文件").await;
    browser
        .sees("这个批次是您自己制的，不能由您审批：制单和审批要是两个人。")
        .await;
    browser.picture_on_the_phone("05-same-person").await;
}

async fn another_approves_it_and_takes_the_file(browser: &Browser) {
    browser.sign_in("sun", PASSWORD).await;
    browser.open(PAYMENTS).await;
    browser.click("第 1 号").await;
    browser.click("审批通过，生成付款文件").await;
    browser.sees("已审批，可以下载付款文件送银行。").await;
    browser.sees("下载付款文件（CSV）").await;
    // The page itself shows no whole number; the file does.
    browser.does_not_see("11050212").await;
    browser.picture_on_the_phone("06-approved").await;
    let script = "const form = document.querySelector(\"form[action$='/file']\");
        const asked = new URLSearchParams(new FormData(form));
        asked.set('format', 'csv');
        return fetch(form.action, {method: 'POST', body: asked}).then((answer) => answer.text());";
    let file = browser.script(script, vec![]).await;
    let file = file.as_str().expect("the file's text");
    for words in [
        "1105021234567890",
        "10000.00",
        "1105021298765432",
        "14000.00",
    ] {
        assert!(file.contains(words), "{words}: {file}");
    }
}

async fn the_bank_returns_one(browser: &Browser, stage: &Stage) {
    browser.sign_in("wu", PASSWORD).await;
    browser.open(PAYMENTS).await;
    browser.click("第 1 号").await;
    browser.tick("第 2 笔被银行退回").await;
    browser.click("登记结果，其余全部到账").await;
    browser.sees("请写银行退回的原因，如“户名不符”。").await;
    assert!(
        browser.is_ticked("第 2 笔被银行退回").await
            && !browser.is_ticked("第 1 笔被银行退回").await
    );
    // The bank's own list ticks it with its reason, and enters nothing.
    let list = stage.city.database.folder.path().join("银行回单.csv");
    let rows = "序号,金额,结果,原因\n1,10000.00,成功,\n2,14000.00,失败,户名不符\n";
    std::fs::write(&list, rows).expect("the bank's list is written");
    browser.attach("上传银行回单", &list).await;
    browser.click("读取回单").await;
    browser
        .sees("银行回单里有 1 笔退回，已勾选在下面，还没有登记。")
        .await;
    assert!(
        browser.is_ticked("第 2 笔被银行退回").await
            && !browser.is_ticked("第 1 笔被银行退回").await
    );
    let reason = browser.value("第 2 笔退回的原因").await;
    assert_eq!(reason, "户名不符");
    browser.picture_on_the_phone("07-returned").await;
    browser.click("登记结果，其余全部到账").await;
    browser
        .sees("已登记：到账 1 笔，银行退回 1 笔。退回的可以在下一批再付。")
        .await;
    browser.sees("户名不符").await;
    browser.picture_on_the_phone("08-settled").await;
}

async fn it_is_paid_again(browser: &Browser) {
    browser.open(&format!("{PAYMENTS}/new")).await;
    browser.sees("可以付 1 笔，共 14,000.00 元。").await;
    browser.click("制单，交审批").await;
    browser.sign_in(LEADER, PASSWORD).await;
    browser.open(PAYMENTS).await;
    browser.click("第 2 号").await;
    browser.click("审批通过，生成付款文件").await;
    browser.sees("已审批，可以下载付款文件送银行。").await;
    browser.sign_in("wu", PASSWORD).await;
    browser.open(PAYMENTS).await;
    browser.click("第 2 号").await;
    browser.click("登记结果，其余全部到账").await;
    browser.sees("已登记：到账 1 笔").await;
}

async fn money_for_a_wrong_purpose_is_refused_by_name(
    browser: &Browser,
    stage: &Stage,
    payees: &Payees,
) {
    let voucher = stage.city.database.folder.path().join("发票.pdf");
    let bytes = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF";
    std::fs::write(&voucher, bytes).expect("the voucher is written");
    browser.sign_in("hongmei", PASSWORD).await;
    browser
        .open(&format!("/units/{}/money", payees.second.id))
        .await;
    browser.sees("14,000.00").await;
    browser.picture_on_the_phone("09-statement").await;
    browser.click("登记支出…").await;
    browser.sees("账上现有 14,000.00 元。").await;
    browser.fill("支出日期", "2017-02-01").await;
    browser.choose("用途", "其他，写在下面").await;
    browser.fill("其他用途是什么", "职工聚餐").await;
    browser.fill("金额（元）", "300").await;
    browser.choose("付给了谁", "商家").await;
    browser.fill("买了什么、办了什么", "迎新春猜灯谜奖品").await;
    browser.attach("凭证", &voucher).await;
    browser.click("登记支出").await;
    for words in ["“职工聚餐”不是经费可以用的地方，没有记账。", "R6"] {
        browser.sees(words).await;
    }
    for (field, typed) in [
        ("其他用途是什么", "职工聚餐"),
        ("金额（元）", "300"),
        ("买了什么、办了什么", "迎新春猜灯谜奖品"),
        ("支出日期", "2017-02-01"),
    ] {
        assert_eq!(browser.value(field).await, typed, "what was typed is kept");
    }
    browser.picture_on_the_phone("10-wrong-purpose").await;
    browser.choose("用途", "开展工会活动").await;
    browser.attach("凭证", &voucher).await;
    browser.click("登记支出").await;
    browser.sees("支出已记账。").await;
    browser.sees("13,700.00").await;
    browser.picture_on_the_phone("11-spent").await;
    browser.click("看这一笔").await;
    for words in ["迎新春猜灯谜奖品", "开展工会活动", "发票.pdf"] {
        browser.sees(words).await;
    }
}

async fn the_year_shows_all_of_it(browser: &Browser) {
    browser.sign_in(LEADER, PASSWORD).await;
    browser.open("/money/2017").await;
    for words in ["24,000.00", "300.00", "23,700.00", "天宁区总工会"] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("12-year").await;
    browser.click("经费账").await;
    for words in ["银行退回", "迎新春猜灯谜奖品", "户名不符"] {
        browser.sees(words).await;
    }
    browser.picture_on_the_phone("13-entries").await;
}
