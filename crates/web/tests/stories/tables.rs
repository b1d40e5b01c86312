//! The tables of lists to download: each holds what its page shows under the same question, for the same people, and its text stays text.

use axum::http::StatusCode;
use jianjia_documents::sheet::{self, Sheet};
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    exchange::import::ImportKind,
    honour::honour::{Honour, HonourSource, HonourState},
};
use jianjia_web::routes::{self, Access};
use jiff::civil::date;

use crate::site::{self, Client, Page, TestSite, records::Records};

/// What the table of an address has to hold.
struct Table {
    path: &'static str,
    /// The question under which a name stands on the page and in the table; empty for none.
    with: &'static str,
    /// One under which it doesn't; empty where the list has no filter.
    without: &'static str,
    /// Empty where the list of the small city has nobody.
    name: &'static str,
}

const fn table(
    path: &'static str,
    with: &'static str,
    without: &'static str,
    name: &'static str,
) -> Table {
    Table {
        path,
        with,
        without,
        name,
    }
}

const UNION: &str = "长江纺织厂工会";
/// 长江
const CALLED: &str = "q=%E9%95%BF%E6%B1%9F";
/// 王建国
const APPLICANT: &str = "place=all&q=%E7%8E%8B%E5%BB%BA%E5%9B%BD";
/// 街道审核
const OWNER: &str = "q=%E8%A1%97%E9%81%93%E5%AE%A1%E6%A0%B8";
/// 长江
const TRAIL: &str = "union=%E9%95%BF%E6%B1%9F";

/// Of every address of a table.
const TABLES: &[Table] = &[
    table("/audit/export", TRAIL, "until=2016-01-01", UNION),
    table("/units/export", CALLED, "q=%E9%92%9F%E6%A5%BC", UNION),
    table(
        "/reviews/export",
        APPLICANT,
        "place=all&title=model-home",
        "王建国",
    ),
    table("/dashboard/export", "", "", ""),
    table("/insight/holding-back/export", "", "", ""),
    table("/insight/changes/export", "", "", ""),
    table("/insight/unions/export", "", "", ""),
    table("/insight/one-step/export", "", "", ""),
    table("/insight/changes/titles/export", "", "", ""),
    table("/vetoes/export", "clause=V1", "clause=V2", UNION),
    table("/messages/export", "", "", ""),
    table(
        "/units/{id}/risk/export",
        "risk=not-begun",
        "risk=waiting",
        "红梅食品厂工会",
    ),
    table("/invitations/export", "", "", ""),
    table("/accounts/export", OWNER, "q=nobody", "街道审核"),
    table("/letters/export", "", "", "怎样入会？"),
    table("/departments/{year}/export", "", "", ""),
    table("/departments/{year}/{department}/export", "", "", ""),
    table("/namings/{year}/{title}/export", "", "", ""),
    table("/namings/{year}/{title}/plaques/export", "", "", ""),
    table("/units/{id}/people/export", "", "", "李秀兰"),
    table("/units/{id}/activities/export", "", "", "职工夜校"),
    table("/units/{id}/evidence/export", "", "", "照片"),
    table("/units/{id}/applications/export", "", "", "王建国"),
    table("/publications/{id}/export", "", "", "王建国"),
    table("/honours/batches/{batch}/export", "", "", "赵志刚"),
    table("/plaques/export", "", "", ""),
    table("/cases/export", "", "", ""),
    table("/cases/queue/export", "", "", ""),
    table("/units/{id}/cases/export", "", "", "班前五分钟"),
    table("/topics/export", "", "", "怎样让新职工愿意入会"),
    table("/topics/{id}/export", "", "", "师傅带着入会"),
    table("/meetings/export", "", "", "班组小家现场会"),
    table("/meetings/{id}/export", "", "", "陈静"),
    table("/honours/export", CALLED, "q=%E9%92%9F%E6%A5%BC", UNION),
    table("/objections/export", "", "", "王建国"),
    table("/visits/export", CALLED, "q=%E9%92%9F%E6%A5%BC", UNION),
    table("/renewals/export", "", "", ""),
    table("/jobs/export", "", "", ""),
    table("/post/export", "", "", ""),
    table("/imports/export", "", "", ""),
    table("/inspections/export", "", "", ""),
    table("/accounts/tokens/below/export", "", "", ""),
    table("/insight/x-ray/export", "", "state=set-aside", UNION),
    table("/priority/{higher}/export", "", "", ""),
    table("/what-if/export", "", "", ""),
    table("/what-if/saved/export", "", "q=nothing", "满意度 88%"),
    table("/progress/export", "", "", ""),
    table("/quotas/{year}/export", "", "", ""),
    table("/subsidies/{year}/export", "", "", ""),
    table("/subsidies/{year}/bases/export", "", "", ""),
    table("/recommendations/{year}/{title}/export", "", "", ""),
    table("/check-reports/{year}/export", "", "", ""),
    table(
        "/amendments/export",
        "state=draft",
        "state=checked",
        "2017 年修订",
    ),
    table("/amendments/{id}/comparison/export", "", "", ""),
    table(
        "/amendments/{id}/effect/{title}/{change}/export",
        "",
        "",
        UNION,
    ),
    table("/standard/versions/export", "", "", ""),
    table("/standard/versions/{version}/export", "", "", ""),
    table("/money/{year}/export", "", "", ""),
    table(
        "/money/{year}/units/export",
        "",
        "q=%E9%92%9F%E6%A5%BC",
        UNION,
    ),
    table(
        "/money/{year}/entries/export",
        "kind=spent",
        "kind=paid",
        UNION,
    ),
    table(
        "/money/{year}/grants/export",
        "state=released",
        "state=cancelled",
        UNION,
    ),
    table("/money/{year}/payments/export", "", "", ""),
    table(
        "/units/{id}/money/export",
        "year=2016",
        "",
        "职工书架上的书",
    ),
];

/// Those of a spot check that was published, that of a clause and that of a payment run have a story of their own.
const ELSEWHERE: [&str; 5] = [
    "/insight/holding-back/parted/export",
    "/spot-checks/{year}/frame/export",
    "/spot-checks/{year}/sample/export",
    "/payments/{run}/export",
    // All lines have no page of their own.
    "/money/{year}/lines/export",
];

/// The tables of a workbook.
fn sheets(page: &Page) -> Vec<Sheet> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let read = sheet::read_all(&page.bytes, "table.xlsx");
    let sheets = read.expect("a workbook").visible;
    // A formula of ours would have no value.
    let mut rows = sheets.iter().flat_map(|sheet| &sheet.rows);
    assert!(rows.all(|row| row.marks.is_empty()));
    sheets
}

fn has(sheets: &[Sheet], name: &str) -> bool {
    let rows = sheets.iter().flat_map(|sheet| &sheet.rows);
    let mut cells = rows.flat_map(|row| &row.cells);
    cells.any(|cell| cell.contains(name))
}

fn headings(sheets: &[Sheet]) -> &[String] {
    sheets[0].rows[0].cells.as_slice()
}

/// Whether page, workbook and text have the name under a question.
async fn holds(office: &mut Client, (page, file): (&str, &str), question: &str, name: &str) {
    let narrowed = office.get(&format!("{page}?{question}")).await;
    let text = narrowed.text();
    assert!(text.contains(name), "{page}?{question}: {text}");
    let workbook = office.get(&format!("{file}?{question}&format=xlsx")).await;
    assert!(has(&sheets(&workbook), name), "{file}?{question}");
    let text = office.get(&format!("{file}?{question}&format=csv")).await;
    assert!(text.body.contains(name), "{file}?{question}: {}", text.body);
}

#[tokio::test]
async fn every_table_holds_what_its_page_shows_under_the_same_question() {
    let exports: Vec<_> = routes::all()
        .into_iter()
        .filter(|route| route.method == "GET" && route.path.ends_with("/export"))
        .filter(|route| !ELSEWHERE.contains(&route.path))
        .collect();
    let mut listed: Vec<&str> = TABLES.iter().map(|table| table.path).collect();
    let mut there: Vec<&str> = exports.iter().map(|route| route.path).collect();
    listed.sort_unstable();
    there.sort_unstable();
    assert_eq!(there, listed);
    for site in site::both().await {
        let records = Records::of_the_union(&site).await;
        let roles = [Role::Approver, Role::Administrator, Role::Auditor];
        let roles = roles.map(|role| (role, &site.city));
        let mut office = site.sign_in_as("市总工会", &roles).await;
        let mut stranger = site
            .sign_in_as("外人", &[(Role::Chair, &site.other_union)])
            .await;
        for route in &exports {
            let found = TABLES.iter().find(|table| table.path == route.path);
            let table = found.expect("it is listed");
            let file = records.address(route);
            let page = file.trim_end_matches("/export");
            let of_namings = page.strip_suffix("/plaques");
            let page = of_namings.filter(|page| !page.is_empty()).unwrap_or(page);
            if table.name.is_empty() {
                let workbook = office.get(&format!("{file}?format=xlsx")).await;
                let sheets = sheets(&workbook);
                assert!(!headings(&sheets).is_empty(), "{file}");
            } else {
                holds(&mut office, (page, &file), table.with, table.name).await;
            }
            if !table.without.is_empty() {
                let narrowed = office.get(&format!("{page}?{}", table.without)).await;
                let text = narrowed.text();
                assert!(!text.contains(table.name), "{page}: {text}");
                let asked = format!("{file}?{}&format=xlsx", table.without);
                let workbook = office.get(&asked).await;
                assert!(!has(&sheets(&workbook), table.name), "{asked}");
            }
            // Whoever does not find the page does not find its table.
            let of_page = stranger.get(page).await.status;
            let of_file = stranger.get(&file).await.status;
            assert_eq!(of_page, of_file, "{file}");
            let visitor = site.visitor().get(&file).await;
            let is_open = visitor.status != StatusCode::SEE_OTHER;
            assert_eq!(is_open, route.access == Access::Public, "{file}");
        }
    }
}

#[tokio::test]
async fn a_name_that_begins_like_a_formula_is_text_in_every_file() {
    for site in site::both().await {
        let make = &site.city_of_tests;
        let names = [
            "=1+1厂工会",
            "＝1+1厂工会",
            "+1厂工会",
            "-1厂工会",
            "@A1厂工会",
        ];
        for name in names {
            let unit = make.unit(Some(&site.township), UnitKind::Grassroots, name);
            make.vetoed(&unit.await, 2016, "V1", "@SUM(A1)").await;
        }
        let roles = [(Role::Approver, &site.township)];
        let mut office = site.sign_in_as("街道审批", &roles).await;
        let risk = format!("/units/{}/risk/export", site.township.id);
        for file in ["/vetoes/export", "/units/export", risk.as_str()] {
            let sheets = sheets(&office.get(&format!("{file}?format=xlsx")).await);
            let text = office.get(&format!("{file}?format=csv")).await.body;
            for name in names {
                let mut rows = sheets[0].rows.iter();
                let is_there = rows.any(|row| row.cells.iter().any(|cell| cell == name));
                assert!(is_there, "{file}: {name}");
                assert!(text.contains(&format!("'{name}")), "{file}: {text}");
            }
        }
    }
}

/// Where a table can be imported, the import knows its headings, in both languages; what it doesn't read it says.
#[tokio::test]
async fn the_import_knows_the_headings_of_the_tables_that_it_can_read() {
    for site in site::both().await {
        let roles = [Role::Approver, Role::Administrator].map(|role| (role, &site.city));
        let mut office = site.sign_in_as("市总工会", &roles).await;
        let people = format!("/units/{}/people/export", site.union.id);
        for lang in ["zh", "en"] {
            office.cookies.insert("lang".to_owned(), lang.to_owned());
            for (file, kind) in [
                ("/vetoes/export", ImportKind::Vetoes),
                ("/accounts/export", ImportKind::Accounts),
                (people.as_str(), ImportKind::People),
            ] {
                let sheets = sheets(&office.get(&format!("{file}?format=xlsx")).await);
                let headings = headings(&sheets);
                let columns = kind.columns(site.app.in_force());
                let required = columns.iter().filter(|column| column.is_required);
                let missing: Vec<&str> = required
                    .filter(|column| {
                        let names = [column.name.zh.as_str(), column.name.en.as_str()];
                        let mut headings = headings.iter();
                        !headings.any(|heading| names.contains(&heading.as_str()))
                    })
                    .map(|column| &*column.key)
                    .collect();
                assert_eq!(missing, Vec::<&str>::new(), "{file}: {headings:?}");
            }
        }
    }
}

/// A title that the city gave, with others.
async fn named(site: &TestSite, number: &str, state: HonourState) {
    let make = &site.city_of_tests;
    let title = make.title(&site.city, &site.union, "trusted-home", "");
    let named = Honour {
        holder_name: format!("{}{number}", site.union.name),
        number: number.to_owned(),
        begun_on: date(2016, 10, 8),
        state,
        source: HonourSource::Imported,
        batch: "8".repeat(32),
        ..title
    };
    make.names(std::slice::from_ref(&named)).await;
}

#[tokio::test]
async fn the_roster_for_the_plaque_maker_has_what_was_named_and_stands() {
    for site in site::both().await {
        named(&site, "1号", HonourState::InForce).await;
        named(&site, "2号", HonourState::Revoked).await;
        let roles = [(Role::Approver, &site.city)];
        let mut office = site.sign_in_as("市总工会", &roles).await;
        let page = office.get("/namings/2016/trusted-home").await;
        let file = "/namings/2016/trusted-home/plaques/export";
        assert!(page.body.contains(file), "{}", page.body);
        let sheets = sheets(&office.get(&format!("{file}?format=xlsx")).await);
        let rows: Vec<&[String]> = sheets[0].rows.iter().map(|row| &row.cells[..8]).collect();
        assert_eq!(
            rows,
            [
                [
                    "序号",
                    "获得者",
                    "所在工会",
                    "称号",
                    "年度",
                    "编号",
                    "命名日期",
                    "授予单位"
                ],
                [
                    "1",
                    "长江纺织厂工会1号",
                    "",
                    "信赖职工之家",
                    "2016",
                    "1号",
                    "2016-10-08",
                    "常州市总工会"
                ],
            ]
        );
    }
}
