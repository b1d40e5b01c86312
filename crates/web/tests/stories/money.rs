//! Money on the pages: typed, confirmed, released, paid with one return, spent, and refused where it may not be spent.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site::{self, Client, Page};

/// The first address on a page that begins so, up to its end.
fn address(page: &Page, beginning: &str) -> String {
    let from = page.body.find(&format!("\"{beginning}"));
    let from = from.unwrap_or_else(|| panic!("{beginning} is not on {}", page.text())) + 1;
    let rest = &page.body[from..];
    rest.split('"').next().unwrap().to_owned()
}

/// The value of the first hidden field of a name.
fn hidden(page: &Page, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.body.split(&mark).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {name}: {}", page.text()));
    rest.split('"').next().unwrap().to_owned()
}

async fn follow(client: &mut Client, page: Page) -> Page {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    client.get(&page.location()).await
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF";

#[tokio::test]
async fn money_is_granted_paid_by_two_people_and_spent() {
    for site in site::both().await {
        let mut leader = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let mut cashier = site
            .sign_in_as("出纳小吴", &[(Role::Reviewer, &site.city)])
            .await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let empty = leader.get("/money/2016").await;
        assert!(
            empty.text().contains("这一年还没有经费"),
            "{}",
            empty.text()
        );

        // What is wrong with a row stands beside it, and nothing is granted.
        leader.get("/money/2016/grants/new").await;
        let typed = [
            ("request_key", "a"),
            ("unit_1", "长江纺织厂工会"),
            ("amount_1", "1.2万"),
            ("kind_1", "reward"),
            ("basis_1", "R1"),
        ];
        let list = leader.upload("/money/2016/grants", &typed, &[]).await;
        let list = follow(&mut leader, list).await;
        assert!(list.text().contains("容易看错位数"), "{}", list.text());
        assert!(!list.text().contains("确认下达"));
        // It is corrected in its form, which has what was typed, and the list before is put away.
        let form = address(&list, "/money/2016/grants/new?list=");
        let form = leader.get(&form).await;
        assert!(form.body.contains("value=\"1.2万\""), "{}", form.text());
        let replaces = hidden(&form, "replaces");
        let typed = [
            ("request_key", "b"),
            ("replaces", replaces.as_str()),
            ("unit_1", "长江纺织厂工会"),
            ("amount_1", "12,000.00"),
            ("kind_1", "reward"),
            ("basis_1", "R1"),
            ("unit_2", "红梅食品厂工会"),
            ("amount_2", "500"),
            ("kind_2", "reward"),
            ("basis_2", "R1"),
        ];
        let list = leader.upload("/money/2016/grants", &typed, &[]).await;
        let act = format!("{}/confirmation", list.location());
        let list = follow(&mut leader, list).await;
        assert!(list.text().contains("12,500.00"), "{}", list.text());
        // An auditor reads it, and has nothing to press on it.
        let roles = [(Role::Auditor, &site.city)];
        let mut auditor = site.sign_in_as("审计老沈", &roles).await;
        let grants = auditor.get("/money/2016/grants").await;
        assert!(grants.text().contains("打开清单"), "{}", grants.text());
        let read = auditor.get(act.trim_end_matches("/confirmation")).await;
        assert!(read.text().contains("12,500.00"), "{}", read.text());
        for button in ["确认下达", "改正清单", "放弃清单"] {
            assert!(list.text().contains(button), "{button}: {}", list.text());
            assert!(!read.text().contains(button), "{button}: {}", read.text());
        }
        let done = leader.post_form(&act, &[("revision", "1")]).await;
        let grants = follow(&mut leader, done).await;
        assert!(grants.text().contains("已下达 2 笔"), "{}", grants.text());
        assert!(!grants.text().contains("还没有确认"), "{}", grants.text());
        let mut chosen = Vec::new();
        for rest in grants.body.split("name=\"chosen\" value=\"").skip(1) {
            chosen.push(("chosen", rest.split('"').next().unwrap().to_owned()));
        }
        let chosen: Vec<(&str, &str)> = chosen
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(chosen.len(), 2);
        let done = leader.post_form("/money/2016/releases", &chosen).await;
        follow(&mut leader, done).await;

        // Without a bank account it can't be paid; the neighbour's stays out.
        let bank = format!("/units/{}/bank", site.union.id);
        chair.get(&bank).await;
        let wrong = [
            ("account_name", "长江纺织厂工会"),
            ("bank", ""),
            ("account", "12"),
        ];
        let wrong = chair.post_form(&bank, &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("8 到 32 位数字"), "{}", wrong.text());
        assert!(wrong.body.contains("value=\"长江纺织厂工会\""));
        let said = [
            ("account_name", "长江纺织厂工会"),
            ("bank", "江南农村商业银行"),
            ("account", "1105 0212 3456 7890"),
            ("revision", "0"),
        ];
        let said = chair.post_form(&bank, &said).await;
        let said = follow(&mut chair, said).await;
        assert!(said.text().contains("7890") && !said.body.contains("11050212"));

        // One prepares, another approves.
        let preview = leader.get("/money/2016/payments/new").await;
        assert!(
            preview.text().contains("没有登记银行账号"),
            "{}",
            preview.text()
        );
        let digest = hidden(&preview, "digest");
        let fields = [("digest", digest.as_str()), ("request_key", "run")];
        let run = leader.post_form("/money/2016/payments", &fields).await;
        let at = run.location();
        let own = leader
            .post_form(&format!("{at}/approval"), &[("revision", "1")])
            .await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            own.text().contains("制单和审批要是两个人"),
            "{}",
            own.text()
        );
        let mut other = site
            .sign_in_as("孙主任", &[(Role::Approver, &site.city)])
            .await;
        other.get(&at).await;
        let done = other
            .post_form(&format!("{at}/approval"), &[("revision", "1")])
            .await;
        let page = follow(&mut other, done).await;
        assert!(page.text().contains("已审批"), "{}", page.text());
        assert!(!page.body.contains("1105021234567890"));
        let file = other
            .post_form(&format!("{at}/file"), &[("format", "csv")])
            .await;
        let text = String::from_utf8(file.bytes.to_vec()).unwrap();
        assert!(text.contains("1105021234567890"), "{text}");
        cashier.get(&at).await;
        let refused = cashier.post_form(&format!("{at}/file"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        // The bank's list ticks what came back, and nothing is entered by it.
        let table = "序号,金额,结果,原因\n1,12000.00,失败,户名不符\n";
        let files = [("file", "return.csv", table.as_bytes())];
        let read = cashier.upload(&format!("{at}/returns"), &[], &files).await;
        assert!(read.body.contains("value=\"1\" checked"), "{}", read.text());
        let fields = [("revision", "2"), ("bounced", "1"), ("reason_1", "")];
        let wrong = cashier.post_form(&format!("{at}/results"), &fields).await;
        assert!(
            wrong.text().contains("请写银行退回的原因"),
            "{}",
            wrong.text()
        );
        // A reason without a tick could mean either.
        let fields = [("revision", "2"), ("reason_1", "户名不符")];
        let wrong = cashier.post_form(&format!("{at}/results"), &fields).await;
        assert!(wrong.text().contains("没有勾选"), "{}", wrong.text());
        assert!(wrong.body.contains("value=\"户名不符\""));
        let fields = [
            ("revision", "2"),
            ("bounced", "1"),
            ("reason_1", "户名不符"),
        ];
        let done = cashier.post_form(&format!("{at}/results"), &fields).await;
        let page = follow(&mut cashier, done).await;
        assert!(page.text().contains("户名不符"), "{}", page.text());
        let table = cashier.get(&format!("{at}/export?format=csv")).await;
        assert!(table.body.contains("户名不符") && !table.body.contains("11050212"));
        let preview = cashier.get("/money/2016/payments/new").await;
        let digest = hidden(&preview, "digest");
        let fields = [("digest", digest.as_str()), ("request_key", "again")];
        let run = cashier.post_form("/money/2016/payments", &fields).await;
        let at = run.location();
        let done = other
            .post_form(&format!("{at}/approval"), &[("revision", "1")])
            .await;
        follow(&mut other, done).await;
        let done = cashier
            .post_form(&format!("{at}/results"), &[("revision", "2")])
            .await;
        follow(&mut cashier, done).await;

        // The union spends it; a purpose beside the three is refused by its name, and nothing typed is lost.
        let own = format!("/units/{}/money", site.union.id);
        let statement = chair.get(&own).await;
        assert!(
            statement.text().contains("12,000.00"),
            "{}",
            statement.text()
        );
        let spending = format!("{own}/spending");
        let at = format!("{spending}?year=2016");
        chair.get(&at).await;
        let typed = |purpose: &'static str, amount: &'static str, key: &'static str| {
            [
                ("year", "2016"),
                ("spent_on", "2016-10-10"),
                ("purpose", purpose),
                ("named", "职工聚餐"),
                ("amount", amount),
                ("payee", "shop"),
                ("what", "秋游车费"),
                ("request_key", key),
            ]
        };
        let files = [("file", "invoice.pdf", PDF)];
        let wrong = chair
            .upload(&spending, &typed("other", "300", "x"), &files)
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = wrong.text();
        assert!(text.contains("“职工聚餐”") && text.contains("R6"), "{text}");
        assert!(wrong.body.contains("value=\"秋游车费\""));
        let done = chair
            .upload(&spending, &typed("activities", "300", "x"), &files)
            .await;
        let page = follow(&mut chair, done).await;
        assert!(page.text().contains("11,700.00"), "{}", page.text());

        // Every figure of the overview leads on, down to the unit.
        let overview = leader.get("/money/2016").await;
        assert!(
            overview.text().contains("天宁区总工会"),
            "{}",
            overview.text()
        );
        let units = leader
            .get(&format!(
                "/money/2016/units?place={}&state=left",
                site.district.id
            ))
            .await;
        assert!(units.text().contains("长江纺织厂工会"), "{}", units.text());
        let none = leader.get("/money/2016/units?state=over").await;
        assert!(none.text().contains("没有找到"), "{}", none.text());
        let entries = leader.get("/money/2016/entries?kind=spent").await;
        assert!(entries.text().contains("秋游车费"), "{}", entries.text());
        let lines = leader.get("/money/2016/lines/export?format=csv").await;
        assert!(lines.body.contains("长江纺织厂工会"), "{}", lines.body);
        let entry = address(&entries, "/ledger-entries/");
        let page = chair.get(&entry).await;
        assert!(page.text().contains("invoice.pdf"), "{}", page.text());
        let gone = chair
            .post_form(&format!("{entry}/reversal"), &[("reason", "记错")])
            .await;
        follow(&mut chair, gone).await;
        let mut stranger = site
            .sign_in_as("外人", &[(Role::Chair, &site.other_union)])
            .await;
        for path in [own.as_str(), &entry, &bank, "/money/2016"] {
            let page = stranger.get(path).await;
            assert!(!page.body.contains("长江纺织厂"), "{path}");
            assert_ne!(page.status, StatusCode::OK, "{path}");
        }
        // Who only runs the accounts sees the union, and nothing of its money.
        let roles = [(Role::Administrator, &site.district)];
        let mut administrator = site.sign_in_as("区管理员", &roles).await;
        let taking = format!("{own}/taking-back");
        for path in [own.as_str(), &entry, &bank, &spending, &taking] {
            let page = administrator.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        }
        let acts = [
            (bank.clone(), "account"),
            (taking.clone(), "amount"),
            (format!("{own}/handing-over"), "year"),
            (format!("{entry}/reversal"), "reason"),
        ];
        for (path, field) in acts {
            let page = administrator.post_form(&path, &[(field, "1")]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        }
        // Whoever reads it and has another part in it is told so.
        let roles = [(Role::Auditor, &site.district)];
        let mut reads = site.sign_in_as("区审计", &roles).await;
        assert_eq!(reads.get(&bank).await.status, StatusCode::OK);
        for path in [&spending, &taking] {
            let page = reads.get(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
        let union = format!("/units/{}", site.union.id);
        let link = format!("href=\"{own}\"");
        for (person, is_offered) in [(&mut administrator, false), (&mut leader, true)] {
            let page = person.get(&union).await;
            assert!(page.text().contains("长江纺织厂工会"), "{}", page.text());
            assert_eq!(page.body.contains(&link), is_offered, "{}", page.text());
        }
        let early = leader.get("/money/2016/closing").await;
        assert!(early.text().contains("还没有过完"), "{}", early.text());
    }
}
