//! The sheet of a department: typed in by the city, or sent by the department itself.

use jianjia_app::{
    core::error::Result,
    exchange::import as imports,
    round::department::{self as departments, AskedFilter},
};
use jianjia_domain::{
    core::{ids::ImportId, message::Kind, policy::Actor},
    exchange::import::{ImportKind, fate::Outcome},
};

use super::{answerer, applying, kinds};
use crate::{
    city::{RoundCity, cities},
    key,
};

/// The outcome of a row: its key, with the columns and the sentences where it is refused.
fn fate(outcome: &Outcome) -> String {
    match outcome {
        Outcome::New => "new".to_owned(),
        Outcome::Changed { .. } => "changed".to_owned(),
        Outcome::Unchanged => "unchanged".to_owned(),
        Outcome::Duplicate { of_row, .. } => format!("as row {of_row}"),
        Outcome::Refused { reasons } => reasons
            .iter()
            .map(|reason| format!("{}: {}", reason.column.zh, reason.sentence.zh))
            .collect::<Vec<_>>()
            .join(" / "),
    }
}

pub(super) async fn checked(
    city: &RoundCity,
    who: &Actor,
    table: &str,
) -> Result<(ImportId, Vec<String>)> {
    let app = &city.city.app;
    let bytes = bytes::Bytes::from(table.to_owned());
    let kind = ImportKind::Answers;
    let id = imports::check(app, who, kind, &city.top.id, "税务.csv", bytes).await?;
    let (import, _) = imports::find(app, who, &id).await?;
    let fates = import.report.rows.iter().map(|row| fate(&row.outcome));
    Ok((id, fates.collect()))
}

#[tokio::test]
async fn a_department_s_sheet_comes_back_with_typing_errors_and_every_fate_is_told() {
    for city in cities().await {
        let app = &city.city.app;
        let (first, chair, _) = applying(&city, "常州恒丰纺织有限公司工会").await;
        applying(&city, "常州晨光印刷有限公司工会").await;
        applying(&city, "常州远东化工有限公司工会").await;
        let off_list = city.another("常州安泰机械有限公司工会").await.0;
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        let sheet = imports::exports::of_department(app, &city.leader, 2016, "tax").await;
        assert!(!sheet.unwrap().bytes.is_empty());

        let heading = "部门,年度,单位工会,答复,情形,日期,文号,答复人\n";
        let good =
            "市地方税务局,2016,常州恒丰纺织有限公司工会,有,欠缴社保,2016-05-03,税稽12号,赵科长\n";
        let rows = [
            good,
            good,
            "市地方税务局,2016,常州恒丰纺织有限公司工会,没有,,,,赵科长\n",
            "市地方税务局,2016,常州晨光印刷有限工司工会,无,,,,赵科长\n",
            "市地方税务局,2016,常州远东化工有限公司工会,有,欠缴税款,2016-05-03,税稽13号,赵科长\n",
            "市地方税务局,2016,常州安泰机械有限公司工会,没有,,,,赵科长\n",
            "市地方税务局,2016,常州晨光印刷有限公司工会,,,,,赵科长\n",
            "市税务总局,2016,常州晨光印刷有限公司工会,没有,,,,赵科长\n",
        ];
        let table = format!("{heading}{}", rows.concat());
        assert_eq!(
            key(checked(&city, &city.approver, &table).await),
            "not-found"
        );
        let (_, fates) = checked(&city, &city.leader, &table).await.unwrap();
        // Two rows that contradict each other: neither is taken.
        let begins = [
            ": ",
            "as row 2",
            ": ",
            "单位工会: ",
            "情形: 没有“欠缴税款”这一项情形。请从这些当中选一项：V2 欠缴社会保险。",
            "单位工会: “常州安泰机械有限公司工会”不在发给市地方税务局的清单上",
            "unchanged",
            "部门: 标准里没有“市税务总局”这个部门。",
        ];
        assert_eq!(fates.len(), begins.len());
        for (fate, begin) in fates.iter().zip(begins) {
            assert!(fate.starts_with(begin), "{fate}: {fates:#?}");
        }
        assert_eq!(
            city.read_entries().await,
            0,
            "nothing is applied by a check"
        );

        // Mended, it is applied, signed by the person that it names.
        let rows = [
            good,
            "市地方税务局,2016,常州晨光印刷有限公司工会,无,,,,赵科长\n",
            "市地方税务局,2016,常州远东化工有限公司工会,,,,,赵科长\n",
        ];
        let table = format!("{heading}{}", rows.concat());
        let (id, fates) = checked(&city, &city.leader, &table).await.unwrap();
        assert_eq!(fates, ["new", "new", "unchanged"]);
        imports::confirm(app, &city.leader, &id).await.unwrap();
        let filter = AskedFilter::default();
        let list = departments::list(app, &city.leader, (Some(2016), "tax"), &filter, 1);
        let list = list.await.unwrap();
        assert_eq!(
            (
                list.counts.clear,
                list.counts.in_state,
                list.counts.silent()
            ),
            (1, 1, 1)
        );
        let of_first = list
            .units
            .iter()
            .find(|asked| asked.unit == first.id)
            .unwrap();
        let answer = of_first.answer.clone().unwrap();
        assert_eq!(
            (answer.by_name.as_str(), answer.entered_by_name.as_str()),
            ("赵科长", "市里钱主任")
        );
        assert!(kinds(&city, &chair).await.contains(&Kind::EntryMade));
        assert!(list.units.iter().all(|asked| asked.unit != off_list.id));
        // The same sheet again changes nothing.
        let (_, fates) = checked(&city, &city.leader, &table).await.unwrap();
        assert_eq!(fates, ["unchanged", "unchanged", "unchanged"]);
    }
}

impl RoundCity {
    /// How many entries there are.
    async fn read_entries(&self) -> usize {
        let overview = departments::overview(&self.city.app, &self.leader, 2016).await;
        overview.unwrap().entries.len()
    }
}

#[tokio::test]
async fn a_department_sends_its_own_sheet_and_nothing_else_becomes_reachable() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        let colleague = answerer(&city, "税务钱", "tax").await;
        let courts = answerer(&city, "法院孙", "courts").await;
        applying(&city, "常州恒丰纺织有限公司工会").await;
        applying(&city, "常州晨光印刷有限公司工会").await;
        // A unit that it was not asked about is not there for it.
        city.another("常州安泰机械有限公司工会").await;
        for department in ["tax", "courts"] {
            departments::send(app, &city.leader, 2016, department)
                .await
                .unwrap();
        }
        let sheet = imports::exports::of_department(app, &tax, 2016, "").await;
        assert!(!sheet.unwrap().bytes.is_empty());
        let foreign = imports::exports::of_department(app, &tax, 2016, "courts").await;
        assert_eq!(key(foreign), "not-found");

        let heading = "部门,年度,单位工会,答复,情形,日期,文号,说明,答复人\n";
        let rows = [
            "市地方税务局,2016,常州恒丰纺织有限公司工会,不清楚,,,,登记地不在本市,赵科长\n",
            "市中级人民法院,2016,常州晨光印刷有限公司工会,没有,,,,,赵科长\n",
            "市地方税务局,2016,常州安泰机械有限公司工会,没有,,,,,赵科长\n",
        ];
        let table = format!("{heading}{}", rows.concat());
        let (id, fates) = checked(&city, &tax, &table).await.unwrap();
        let begins = [
            "new",
            "部门: 这一行是市中级人民法院的，您只替市地方税务局答复。",
            "单位工会: ",
        ];
        assert_eq!(fates.len(), begins.len());
        for (fate, begin) in fates.iter().zip(begins) {
            assert!(fate.starts_with(begin), "{fate}: {fates:#?}");
        }
        let all = imports::confirm(app, &tax, &id).await;
        assert_eq!(key(all), "import/rows-refused");
        // Its tables are its own: neither another department nor a colleague confirms them.
        for other in [&courts, &colleague] {
            assert_eq!(key(imports::find(app, other, &id).await), "not-found");
            let confirmed = imports::confirm_good(app, other, &id).await;
            assert_eq!(key(confirmed), "not-found");
        }
        imports::confirm_good(app, &tax, &id).await.unwrap();
        let any = AskedFilter::default();
        let list = departments::list(app, &tax, (Some(2016), ""), &any, 1)
            .await
            .unwrap();
        assert_eq!((list.counts.unknown, list.counts.silent()), (1, 1));
        let answer = list.units.iter().find_map(|asked| asked.answer.clone());
        let answer = answer.unwrap();
        assert_eq!(
            (
                answer.by_name.as_str(),
                answer.entered_by_name.as_str(),
                answer.note.as_str()
            ),
            ("赵科长", "税务赵", "登记地不在本市")
        );
        let theirs = departments::list(app, &courts, (Some(2016), ""), &any, 1);
        assert_eq!(theirs.await.unwrap().counts.silent(), 2);

        // No other kind, and no other unit.
        let kind = ImportKind::Unions;
        let bytes = bytes::Bytes::from_static("工会名称\n甲\n".as_bytes());
        let unions = imports::check(app, &tax, kind, &city.top.id, "表.csv", bytes.clone()).await;
        assert_eq!(key(unions), "not-found");
        let kind = ImportKind::Answers;
        let below = imports::check(app, &tax, kind, &city.district.id, "表.csv", bytes).await;
        assert_eq!(key(below), "not-found");
    }
}

#[tokio::test]
async fn the_names_of_the_union_and_of_its_employer_mean_one_unit_or_the_row_is_refused() {
    for city in cities().await {
        let app = &city.city.app;
        applying(&city, "常州恒丰纺织有限公司工会").await;
        applying(&city, "常州晨光印刷有限公司工会").await;
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        let heading = "部门,年度,单位工会,单位名称,答复,答复人\n";
        let rows = [
            "市地方税务局,2016,常州恒丰纺织有限公司工会,常州恒丰纺织有限公司,没有,赵科长\n",
            "市地方税务局,2016,常州晨光印刷有限公司工会,常州恒丰纺织有限公司,没有,赵科长\n",
        ];
        let table = format!("{heading}{}", rows.concat());
        let (_, fates) = checked(&city, &city.leader, &table).await.unwrap();
        assert_eq!(fates[0], "new");
        let begin = "单位名称: 工会名称和单位名称说的不是同一个单位";
        assert!(fates[1].starts_with(begin), "{fates:#?}");
    }
}
