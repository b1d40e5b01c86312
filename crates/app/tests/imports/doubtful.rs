//! What is doubtful in a table stays refused, also when it comes back unchanged; what is no row is never registered.

use jianjia_app::exchange::import::{
    Wanted,
    machine::{self, AtTheMachine},
    returned,
};
use jianjia_domain::exchange::import::{
    ImportKind,
    fate::ImportReport,
    table::{HiddenRows, Taken},
};
use jianjia_standard::Lang;

use super::{
    kept_out::{Office, file, offices, told},
    key,
};

const LOOK: AtTheMachine = AtTheMachine {
    only_look: true,
    wanted: Wanted::All,
    hidden_rows: HiddenRows::Take,
};

impl Office {
    async fn read(&self, name: &str, bytes: &[u8]) -> (Taken, ImportReport) {
        let (app, kind) = (&self.city.app, ImportKind::Unions);
        let taken = machine::read_for_the_machine(app, kind, name, bytes, &LOOK).unwrap();
        let report = machine::write_at_the_machine(app, kind, &taken, &LOOK)
            .await
            .unwrap();
        (taken, report)
    }

    /// The fates of a table, which are those of its refused rows when they come back unchanged.
    async fn fates(&self, name: &str, bytes: &[u8]) -> Vec<String> {
        let fates = |report: &ImportReport| -> Vec<String> {
            told(report).into_iter().map(|(_, fate)| fate).collect()
        };
        let (taken, report) = self.read(name, bytes).await;
        let all = fates(&report);
        let refused: Vec<String> = all.iter().filter(|fate| *fate != "新").cloned().collect();
        let langs: &[Lang] = if refused.is_empty() {
            &[]
        } else {
            &[Lang::Zh, Lang::En]
        };
        for lang in langs.iter().copied() {
            let back = returned::workbook_of(ImportKind::Unions, &report.rows, &taken, lang);
            let (_, again) = self.read("a.xlsx", &back.unwrap()).await;
            assert_eq!(fates(&again), refused, "{name}");
            assert!(again.aside.columns.is_empty(), "{:?}", again.aside);
        }
        all
    }
}

fn check(found: &[String], expect: &[&str]) {
    assert_eq!(found.len(), expect.len(), "{found:#?}");
    for (fate, part) in found.iter().zip(expect) {
        assert!(fate.contains(part), "{fate}, not {part}");
    }
}

#[tokio::test]
async fn refused_rows_that_come_back_unchanged_are_refused_again_on_both_engines() {
    for office in offices().await {
        let xlsx = async |name: &str| office.fates(name, &file(name)).await;
        check(&xlsx("s1-lost-digits.xlsx").await, &["813204010000028000"]);
        check(&xlsx("s2-formula.xlsx").await, &["文件里没有它的结果"]);
        check(
            &xlsx("g-code-as-number.xlsx").await,
            &["丢了", "丢了", "丢了"],
        );
        check(
            &xlsx("d2-formula-cached-error.xlsx").await,
            &["出错了", "出错了"],
        );
        let table = "工会名称,上级工会,职工人数\n\
            329999198105178009,天宁街道总工会,1\n\
            甲厂工会,天宁街道总工会,1,000\n\
            乙厂工会,,5\n\
            天宁街道,,\n\
            丙厂工会,天宁街道总工会,=SUM(C2)\n";
        let expect = [
            "身份证号码",
            "“000”",
            "上级工会没有填",
            "“天宁街道”是这一行唯一的内容",
            "公式",
        ];
        check(&office.fates("a.csv", table.as_bytes()).await, &expect);
        let table = "工会名称,上级工会,职工人数\n\
            甲厂工会,同上,1\n\
            乙厂工会,天宁街道总工会,1\n\
            同上,天宁街道总工会,1\n\
            丁厂工会,同上,〃\n";
        let expect = ["“同上”同的是哪一格", "新", "不能同上", "“〃”"];
        check(&office.fates("a.csv", table.as_bytes()).await, &expect);
    }
}

#[tokio::test]
async fn footers_and_titles_are_never_unions_on_both_engines() {
    for office in offices().await {
        for (name, rows) in [
            ("s3-footers.xlsx", [2, 4]),
            ("s4-section-titles.xlsx", [3, 5]),
        ] {
            let (_, report) = office.read(name, &file(name)).await;
            let found: Vec<usize> = report.rows.iter().map(|fate| fate.place.row).collect();
            assert_eq!(found, rows, "{name}: {:?}", told(&report));
        }
    }
}

#[tokio::test]
async fn merged_cells_hold_what_is_seen_and_nothing_is_lost_in_silence_on_both_engines() {
    for office in offices().await {
        let merged = "这一格与旁边的格合并在一起";
        let xlsx = async |name: &str| office.fates(name, &file(name)).await;
        check(&xlsx("s5-merged-block.xlsx").await, &[merged, merged]);
        check(&xlsx("s7-merged-beside.xlsx").await, &[merged, "新"]);
        let (_, report) = office
            .read("a.xlsx", &file("s6-hidden-under-merge.xlsx"))
            .await;
        let upper = report.columns.iter().position(|one| one.zh == "上级工会");
        let uppers: Vec<&str> = report
            .rows
            .iter()
            .map(|fate| fate.says[upper.unwrap()].get(Lang::Zh))
            .collect();
        assert_eq!(uppers, ["天宁街道总工会"; 2]);
    }
}

#[tokio::test]
async fn headings_that_are_divided_or_hidden_are_told_on_both_engines() {
    for office in offices().await {
        let app = &office.city.app;
        let refused = |name: &str| {
            let read =
                machine::read_for_the_machine(app, ImportKind::Unions, name, &file(name), &LOOK);
            key(read)
        };
        assert_eq!(refused("s8-men-women.xlsx"), "import/heading-split");
        assert_eq!(refused("s10-only-hidden.xlsx"), "import/no-headings");
        let name = "s9-total-men-women.xlsx";
        let (taken, _) = office.read(name, &file(name)).await;
        let row = &taken.rows[0];
        assert_eq!((row.get("workers"), row.get("members")), ("100", "90"));
    }
}

#[tokio::test]
async fn an_upper_union_that_only_some_rows_name_is_asked_for_on_both_engines() {
    for office in offices().await {
        let table = "工会名称,工会类型,上级工会\n\
            甲厂工会,基层工会,天宁街道总工会\n\
            乙厂工会,基层工会,\n\
            丙厂工会,基层工会,新街道总工会\n\
            新街道总工会,镇（街道）总工会,\n\
            钟楼区总工会,辖市、区总工会,\n";
        let found = office.fates("a.csv", table.as_bytes()).await;
        check(&found, &["新", "上级工会没有填", "新", "新", "新"]);
        // Where no row names one, all stand below the one that the table is for.
        let table =
            "工会名称,工会类型,上级工会\n甲区总工会,辖市、区总工会,\n乙区总工会,辖市、区总工会,\n";
        check(
            &office.fates("a.csv", table.as_bytes()).await,
            &["新", "新"],
        );
    }
}
