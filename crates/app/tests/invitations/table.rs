//! Accounts by a table.

use jianjia_app::{
    exchange::import::{self as imports, exports, machine::at_the_machine},
    office::{
        invitation::{self as invitations, Filter, printing},
        request as account_requests,
    },
};
use jianjia_demo::testing;
use jianjia_domain::{
    core::policy::Role,
    exchange::import::{ImportKind, fate::Outcome},
};
use jianjia_standard::Lang;

use crate::{TODAY, key, office};

const HEADING: &str = "姓名,工会名称,角色,手机号,邮箱,用户名\n";

#[tokio::test]
async fn a_table_of_accounts_is_checked_row_by_row_and_comes_in_once() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let app = office.app();
        let fates = async |rows: &str, only_look: bool| -> Vec<String> {
            let table = format!("{HEADING}{rows}");
            let report = at_the_machine(
                app,
                ImportKind::Accounts,
                "a.csv",
                table.as_bytes(),
                only_look,
            );
            let rows = report.await.unwrap().rows.into_iter();
            rows.map(|fate| match fate.outcome {
                Outcome::New => "new".to_owned(),
                Outcome::Changed { fields } => {
                    fields.iter().map(|field| field.zh.as_str()).collect()
                }
                Outcome::Unchanged => "unchanged".to_owned(),
                Outcome::Duplicate { of_row, .. } => format!("as row {of_row}"),
                Outcome::Refused { reasons } => reasons
                    .iter()
                    .map(|reason| reason.sentence.get(Lang::Zh))
                    .collect(),
            })
            .collect()
        };
        let found = fates(
            "王伟,长江纺织厂工会,主席,13861012345,w@a.cn,\n\
             李娜,长江纺织厂工会,经办人,,,\n\
             李娜,红梅食品厂工会,经办人,13861012346,,李娜\n\
             李娜,长江纺织厂工会,经办人,,,\n\
             赵敏,红梅食品厂工会,主席,13861012345,,\n\
             钱多,红梅食品厂工会,厂长,123,x,a\n",
            true,
        )
        .await;
        assert_eq!(found[..2], ["new", "new"]);
        assert!(
            found[2].contains("用户名“李娜”已经有人用了") && found[2].contains("李娜2"),
            "{}",
            found[2]
        );
        assert_eq!(found[3], "as row 3");
        assert!(
            found[4].starts_with("这个手机号已经是“王伟”的。"),
            "{}",
            found[4]
        );
        assert!(
            found[5].contains("“厂长”不是角色。") && found[5].contains("邮箱"),
            "{}",
            found[5]
        );

        let rows = "王伟,长江纺织厂工会,主席,13861012345,w@a.cn,\n李娜,长江纺织厂工会,经办人,,,\n";
        assert_eq!(fates(rows, false).await, ["new", "new"]);
        assert_eq!(fates(rows, false).await, ["unchanged", "unchanged"]);
        let later = "李娜,长江纺织厂工会,经办人,13861012347,,\n孙一,长江纺织厂工会,主席,,,\n";
        let found = fates(later, true).await;
        assert_eq!(found[0], "手机");
        assert!(
            found[1].starts_with("这个工会已有主席账号（王伟）。"),
            "{}",
            found[1]
        );
        let listed = invitations::list(app, &office.approver, None, Filter::New, None, 1)
            .await
            .unwrap();
        let logins: Vec<&str> = listed
            .lines
            .iter()
            .map(|line| line.login.as_str())
            .collect();
        assert_eq!(logins, ["13861012345", "李娜"]);
        let out = exports::export_at_the_machine(app, ImportKind::Accounts, "a.csv", None)
            .await
            .unwrap();
        let report = at_the_machine(app, ImportKind::Accounts, "a.csv", &out, true)
            .await
            .unwrap();
        assert!(report.is_clean() && !report.changes(), "{:?}", report.rows);
    }
}

#[tokio::test]
async fn roles_that_decide_wait_for_a_second_administrator_and_get_no_sheet() {
    for city in testing::both(TODAY).await {
        let office = office(city).await;
        let app = office.app();
        let administrator = async |name: &str| {
            let roles = [(Role::Administrator, &office.top)];
            office.city.actor(name, &roles).await
        };
        let (first, second) = (administrator("管理甲").await, administrator("管理乙").await);
        let table = format!(
            "{HEADING}周五,红梅街道总工会,审批人,13861012345,,\n吴六,红梅街道总工会,审核人,,,\n"
        );
        let bytes = bytes::Bytes::from(table);
        let refused = imports::check(
            app,
            &office.approver,
            ImportKind::Accounts,
            &office.township.id,
            "a.csv",
            bytes.clone(),
        )
        .await;
        assert_eq!(key(refused), "not-your-role");
        let import = imports::check(
            app,
            &first,
            ImportKind::Accounts,
            &office.top.id,
            "a.csv",
            bytes,
        )
        .await
        .unwrap();
        assert_eq!(
            key(imports::find(app, &office.approver, &import).await),
            "not found"
        );
        imports::confirm(app, &first, &import).await.unwrap();

        let waiting = account_requests::waiting(app, &first).await.unwrap();
        let [request] = waiting.as_slice() else {
            panic!("one request")
        };
        assert_eq!(request.account.name, "周五");
        assert!(request.half.is_some(), "the proposer's own");
        let theirs = account_requests::waiting(app, &second).await.unwrap();
        assert_eq!(theirs[0].half, None);
        let printed = printing::print(app, &first, &office.top.id, Filter::New, 30)
            .await
            .unwrap();
        let names: Vec<&str> = printed
            .sheets
            .iter()
            .map(|sheet| sheet.name.as_str())
            .collect();
        assert_eq!(names, ["吴六"]);
        let (account, half) = account_requests::confirm(app, &second, &request.request.id)
            .await
            .unwrap();
        assert!(half.is_some());
        assert_eq!(
            key(printing::print_one(app, &first, &account, 30, false).await),
            "invitation/decides"
        );
    }
}
