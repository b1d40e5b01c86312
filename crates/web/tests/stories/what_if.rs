//! What if: a figure is moved in the form, the address says what is changed, numbers lead to the list, and what is saved is found by colleagues. All of it
//! without a script.

use axum::http::StatusCode;
use jianjia_demo::testing::{fixtures::yes_to_all, story::months};
use jianjia_domain::{core::policy::Role, register::person::Post};
use jiff::civil::date;
use serde_json::json;

use crate::site::{self, Client, TestSite};

/// The union qualifies, with 85 % of its cards used.
async fn qualifies(site: &TestSite) {
    let make = &site.city_of_tests;
    let figures = [
        ("workers", 200),
        ("members", 200),
        ("cards_issued", 200),
        ("cards_used", 170),
    ];
    let answers = yes_to_all(site.app.in_force(), "qualified-home", &figures);
    make.said(&site.union, None, 2016, &answers).await;
    make.activities(&site.union, &months(date(2015, 9, 1), 13))
        .await;
}

const MOVED: &str = "qualified-home.Q6.2.at_least=88%25";

/// The fields that a browser would send of the form, with some of them typed over.
fn sent(body: &str, typed: &[(&str, &str)]) -> String {
    let form = body.split("action=\"/what-if\"").nth(1).expect("the form");
    let form = form.split("</form>").next().unwrap();
    let mut fields: Vec<(String, String)> = Vec::new();
    for part in form.split("<input ").skip(1) {
        let tag = part.split('>').next().unwrap();
        let attribute = |name: &str| {
            let found = tag.split(&format!("{name}=\"")).nth(1)?;
            Some(found.split('"').next().unwrap().to_owned())
        };
        let is_left_out = tag.contains("checkbox") && !tag.contains(" checked");
        if let Some(name) = attribute("name").filter(|_| !is_left_out) {
            fields.push((name, attribute("value").unwrap_or_default()));
        }
    }
    for part in form.split("<select ").skip(1) {
        let name = part.split("name=\"").nth(1).unwrap();
        let options = part.split("</select>").next().unwrap();
        let chosen = options
            .split("<option ")
            .skip(1)
            .find(|option| option.contains(" selected"));
        let first = options.split("<option ").nth(1).unwrap_or_default();
        let value = chosen.unwrap_or(first).split("value=\"").nth(1);
        let value = value.unwrap_or_default().split('"').next().unwrap();
        fields.push((name.split('"').next().unwrap().to_owned(), value.to_owned()));
    }
    for (name, value) in typed {
        let field = fields.iter_mut().find(|(known, _)| known == name);
        let field = field.unwrap_or_else(|| panic!("no field {name}"));
        (*value).clone_into(&mut field.1);
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields);
    format!("/what-if?{}", query.finish())
}

async fn approver(site: &TestSite) -> Client {
    site.sign_in_as("市里钱主任", &[(Role::Approver, &site.city)])
        .await
}

#[tokio::test]
async fn a_figure_is_moved_in_the_form_and_the_address_says_what_is_changed() {
    for site in site::both().await {
        qualifies(&site).await;
        let mut office = approver(&site).await;
        let opened = office.get("/what-if").await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
        assert!(
            opened.text().contains("标准还没有改动"),
            "{}",
            opened.text()
        );

        let moved = office
            .get(&sent(
                &opened.body,
                &[("qualified-home.Q6.2.at_least", "88")],
            ))
            .await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER);
        let place = &site.city.id;
        assert_eq!(
            moved.location(),
            format!("/what-if?year=2016&place={place}&{MOVED}")
        );
        let shown = office.get(&moved.location()).await;
        let text = shown.text();
        for words in [
            "80%",
            "88%",
            "长江纺织厂工会",
            "会达不到",
            "现行：80%",
            "保存方案",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(shown.body.contains("value=\"88%\""), "what was typed stays");

        // A number leads to its list, which is narrowed, and has its table.
        let lost = format!("title=qualified-home&{MOVED}&title=qualified-home&what=lost");
        let list = office.get(&format!("/what-if?{lost}")).await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.location());
        assert!(
            list.text().contains("只看：合格职工之家、会达不到"),
            "{}",
            list.text()
        );
        let gained = office
            .get(&format!(
                "/what-if?{MOVED}&title=qualified-home&what=gained"
            ))
            .await;
        assert!(gained.text().contains("没有符合这些条件的单位"));
        let table = office
            .get(&format!("/what-if/export?{MOVED}&what=lost&format=csv"))
            .await;
        assert!(table.body.contains("长江纺织厂工会"), "{}", table.body);
        let table = office
            .get(&format!("/what-if/export?{MOVED}&what=gained&format=csv"))
            .await;
        assert!(!table.body.contains("长江纺织厂工会"), "{}", table.body);

        // Typed back to what holds, nothing is changed.
        let back = office
            .get(&sent(
                &shown.body,
                &[("qualified-home.Q6.2.at_least", "80 %")],
            ))
            .await;
        assert_eq!(back.location(), format!("/what-if?year=2016&place={place}"));

        // A question of the year sheet is asked for as a clause of its own.
        let added = ("model-home.add", "fact:distinctive_work");
        let added = office.get(&sent(&opened.body, &[added])).await;
        assert_eq!(
            added.location(),
            format!("/what-if?year=2016&place={place}&model-home.fact:distinctive_work.add=yes")
        );
        let text = office.get(&added.location()).await.text();
        assert!(
            text.contains("增加条目") && text.contains("特色品牌"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_changed_is_told_and_what_was_typed_stays() {
    for site in site::both().await {
        qualifies(&site).await;
        let mut office = approver(&site).await;
        let opened = office.get("/what-if").await;
        let typed = [
            ("qualified-home.Q6.2.at_least", "120"),
            ("model-home.M5d.0.at_least", "ninety"),
        ];
        let refused = office.get(&sent(&opened.body, &typed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(text.contains("“120”超出范围"), "{text}");
        assert!(text.contains("“ninety”不是百分比"), "{text}");
        for (_, value) in typed {
            assert!(
                refused.body.contains(&format!("value=\"{value}\"")),
                "{value}"
            );
        }
        let unknown = office.get("/what-if?golden-home.Z1.0.at_least=88").await;
        assert!(
            unknown.text().contains("没有“golden-home”这个称号"),
            "{}",
            unknown.text()
        );
        let clause = office.get("/what-if?model-home.Z1.0.at_least=88").await;
        assert!(clause.text().contains("没有Z1这一条"), "{}", clause.text());
        let added = office.get("/what-if?model-small-home.add=F1").await;
        assert!(
            added.text().contains("不适用于任何可以获得"),
            "{}",
            added.text()
        );
        let never = office.get("/what-if?year=1999").await;
        assert!(
            never.text().contains("这一年没有标准可以测算"),
            "{}",
            never.text()
        );
    }
}

#[tokio::test]
async fn a_proposal_is_saved_found_by_colleagues_revised_and_withdrawn() {
    for site in site::both().await {
        qualifies(&site).await;
        let mut office = approver(&site).await;
        let change = ("qualified-home.Q6.2.at_least", "88%");
        let unnamed = [
            ("year", "2016"),
            change,
            ("reason", "卡要用起来"),
            ("request_key", "a"),
        ];
        let refused = office.post_form("/what-if/saved", &unnamed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(text.contains("请起一个名称"), "{text}");
        assert!(text.contains("卡要用起来"), "what was typed stays: {text}");
        let fields = [&unnamed[..], &[("name", "用卡率 88%")]].concat();
        let saved = office.post_form("/what-if/saved", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let twice = office.post_form("/what-if/saved", &fields).await;
        assert_eq!(
            twice.location(),
            saved.location(),
            "sent twice, it is kept once"
        );

        let mut colleague = site
            .sign_in_as("市里孙主任", &[(Role::Administrator, &site.city)])
            .await;
        let list = colleague.get("/what-if/saved").await;
        assert!(list.text().contains("用卡率 88%"), "{}", list.text());
        let one = colleague.get(&saved.location()).await;
        let text = one.text();
        for words in ["卡要用起来", "合格职工之家", "80%", "88%", "今天测算的结果"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        let id = saved.location().rsplit('/').next().unwrap().to_owned();
        let opened = colleague
            .get(&format!("/what-if?year=2016&proposal={id}&{MOVED}"))
            .await;
        assert!(
            opened.text().contains("改好方案“用卡率 88%”"),
            "{}",
            opened.text()
        );
        let revised = [
            ("year", "2016"),
            ("proposal", &id),
            ("revision", "1"),
            ("qualified-home.Q6.2.at_least", "86"),
            ("name", "用卡率 86%"),
            ("reason", "一步一步来"),
        ];
        let stale = [&revised[..], &[("revision", "9")]].concat();
        let stale = colleague.post_form(&saved.location(), &stale).await;
        assert!(
            stale.text().contains("别人已经保存了新的内容"),
            "{}",
            stale.text()
        );
        assert!(stale.text().contains("一步一步来"), "what was typed stays");
        let revised = colleague.post_form(&saved.location(), &revised).await;
        assert_eq!(revised.status, StatusCode::SEE_OTHER, "{}", revised.text());
        let withdrawal = format!("{}/withdrawal", saved.location());
        let withdrawn = office.post_form(&withdrawal, &[("revision", "2")]).await;
        assert_eq!(
            withdrawn.status,
            StatusCode::SEE_OTHER,
            "{}",
            withdrawn.text()
        );
        let again = office.post_form(&withdrawal, &[("revision", "3")]).await;
        assert!(
            again.text().contains("这个方案已经撤回"),
            "{}",
            again.text()
        );
        let open = office.get("/what-if/saved?state=open").await;
        assert!(!open.text().contains("用卡率"), "{}", open.text());

        // A district finds its own alone.
        let mut district = site
            .sign_in_as("区里赵部长", &[(Role::Approver, &site.district)])
            .await;
        let hidden = district.get(&saved.location()).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let city = format!("/what-if?place={}", site.city.id);
        assert_eq!(district.get(&city).await.status, StatusCode::NOT_FOUND);
        assert!(
            district
                .get("/what-if")
                .await
                .text()
                .contains(&site.district.name)
        );
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        assert_eq!(chair.get("/what-if").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_clause_of_a_persons_title_is_dropped_and_the_list_tells_who_gains() {
    for site in site::both().await {
        let make = &site.city_of_tests;
        let mut answers = yes_to_all(site.app.in_force(), "outstanding-worker", &[]);
        answers.insert("workers_satisfied".to_owned(), json!(false));
        for (unit, name) in [(&site.union, "张三丰"), (&site.other_union, "李四光")] {
            let id = make.person(unit, name, Post::Worker).await;
            make.said(unit, Some(id), 2016, &answers).await;
        }
        let mut office = approver(&site).await;
        let opened = office.get("/what-if").await;
        let dropped = "outstanding-worker.W1.drop";
        assert!(
            opened.body.contains(&format!("name=\"{dropped}\"")),
            "the box of the clause: {}",
            opened.text()
        );
        let asked = format!("{}&{dropped}=yes", sent(&opened.body, &[]));
        let moved = office.get(&asked).await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER);
        let place = &site.city.id;
        assert_eq!(
            moved.location(),
            format!("/what-if?year=2016&place={place}&{dropped}=yes")
        );
        let text = office.get(&moved.location()).await.text();
        for words in [
            "2 人",
            "优秀工会工作者",
            "去掉条目",
            "张三丰",
            "李四光",
            "未申报",
            "会达到",
            "忠诚、严明、清廉、实绩、满意",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let narrowed = format!("{}&kind=township", moved.location());
        let text = office.get(&narrowed).await.text();
        assert!(!text.contains("张三丰"), "{text}");

        // The table tells the same, and why.
        let address = |place: &str| {
            format!("/what-if/export?{place}{dropped}=yes&title=outstanding-worker&format=csv")
        };
        let table = office.get(&address("")).await;
        for words in ["张三丰", "李四光", "W1 忠诚"] {
            assert!(table.body.contains(words), "{words}: {}", table.body);
        }

        // A district has its own people alone.
        let mut district = site
            .sign_in_as("区里赵部长", &[(Role::Approver, &site.district)])
            .await;
        let text = district.get("/what-if").await;
        let asked = format!("{}&{dropped}=yes", sent(&text.body, &[]));
        let moved = district.get(&asked).await;
        let text = district.get(&moved.location()).await.text();
        assert!(text.contains("张三丰") && text.contains("1 人"), "{text}");
        assert!(!text.contains("李四光"), "{text}");
        let table = district.get(&address("")).await;
        assert!(table.body.contains("张三丰"), "{}", table.body);
        assert!(!table.body.contains("李四光"), "{}", table.body);
        let hidden = district.get(&address(&format!("place={place}&"))).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);

        // A proposal tells what it comes to for them.
        let fields = [
            ("year", "2016"),
            (dropped, "yes"),
            ("name", "不看基本条件"),
            ("reason", "看看有多少人受影响"),
            ("request_key", "once"),
        ];
        let saved = office.post_form("/what-if/saved", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let text = office.get(&saved.location()).await.text();
        let row = text.split("今天测算的结果").nth(1).unwrap_or_default();
        assert!(row.contains("优秀工会工作者"), "{text}");
    }
}
