//! Stories of tables that are imported, on both databases.

#[path = "imports/abbreviated.rs"]
mod abbreviated;
#[path = "imports/cells.rs"]
mod cells;
#[path = "imports/counted.rs"]
mod counted;
#[path = "imports/divisions.rs"]
mod divisions;
#[path = "imports/doubtful.rs"]
mod doubtful;
#[path = "imports/held.rs"]
mod held;
#[path = "imports/kept_out.rs"]
mod kept_out;
#[path = "imports/names.rs"]
mod names;
#[path = "imports/offices.rs"]
mod offices;
#[path = "imports/shapes.rs"]
mod shapes;
#[path = "imports/sheets.rs"]
mod sheets;
#[path = "imports/unions.rs"]
mod unions;

use bytes::Bytes;
use jianjia_app::{
    core::{error::Error, standard::Standards},
    exchange::import::{self as imports, exports, templates},
    register::unit as units,
};
use jianjia_demo::testing::{TestCity, both, changzhou};
use jianjia_documents::sheet;
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    exchange::import::{ImportKind, fate::Outcome},
    register::{
        credit_code::check_character,
        unit::{UnitState, list::UnitFilter},
    },
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2016, 10, 20);

struct Place {
    city: TestCity,
    district: UnitPlace,
    township: UnitPlace,
    reviewer: Actor,
}

async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&root), UnitKind::District, "天宁区总工会")
            .await;
        let township = city
            .unit(Some(&district), UnitKind::Township, "红梅街道总工会")
            .await;
        let reviewer = city.actor("审核", &[(Role::Reviewer, &district)]).await;
        places.push(Place {
            city,
            district,
            township,
            reviewer,
        });
    }
    places
}

impl Place {
    async fn check(
        &self,
        kind: ImportKind,
        table: &str,
    ) -> Result<jianjia_domain::core::ids::ImportId, Error> {
        let bytes = Bytes::from(table.to_owned());
        imports::check(
            &self.city.app,
            &self.reviewer,
            kind,
            &self.district.id,
            "名单.csv",
            bytes,
        )
        .await
    }

    /// Row, fate and why (the column and the refusal's first words) of every row.
    async fn fates(&self, kind: ImportKind, table: &str) -> Vec<(usize, String)> {
        let id = self.check(kind, table).await.unwrap();
        let (import, _) = imports::find(&self.city.app, &self.reviewer, &id)
            .await
            .unwrap();
        import
            .report
            .rows
            .iter()
            .map(|fate| (fate.place.row, told(&fate.outcome)))
            .collect()
    }

    async fn confirm(&self, kind: ImportKind, table: &str) {
        let id = self.check(kind, table).await.unwrap();
        imports::confirm(&self.city.app, &self.reviewer, &id)
            .await
            .unwrap();
    }

    async fn names(&self) -> Vec<String> {
        let filter = UnitFilter {
            state: Some(UnitState::Active),
            ..UnitFilter::default()
        };
        let (lines, _) = units::list(&self.city.app, &self.reviewer, filter, 1)
            .await
            .unwrap();
        lines.into_iter().map(|line| line.name).collect()
    }
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::New => "新".to_owned(),
        Outcome::Unchanged => "不变".to_owned(),
        Outcome::Changed { fields } => format!(
            "改{}",
            fields
                .iter()
                .map(|field| field.zh.as_str())
                .collect::<Vec<_>>()
                .join("、")
        ),
        Outcome::Duplicate { of_row, .. } => format!("同{of_row}"),
        Outcome::Refused { reasons } => reasons
            .iter()
            .map(|reason| {
                format!(
                    "拒{}:{}",
                    reason.column.zh,
                    reason.sentence.zh.chars().take(12).collect::<String>()
                )
            })
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn key<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(Error::NotFound) => "not-found".to_owned(),
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::Internal(error)) => panic!("{error:#}"),
    }
}

fn code(first: &str) -> String {
    format!("{first}{}", check_character(first).unwrap())
}

#[tokio::test]
async fn only_those_who_lead_import_and_others_find_nothing() {
    for place in places().await {
        let app = &place.city.app;
        let table = Bytes::from("工会名称\n甲厂工会\n");
        let id = place
            .check(
                ImportKind::Unions,
                "工会名称,上级工会\n甲厂工会,红梅街道总工会\n",
            )
            .await
            .unwrap();
        let clerk = place
            .city
            .actor("经办", &[(Role::Clerk, &place.township)])
            .await;
        let elsewhere = place
            .city
            .unit(None, UnitKind::City, "别的城市总工会")
            .await;
        let stranger = place
            .city
            .actor("外人", &[(Role::Approver, &elsewhere)])
            .await;
        for (actor, expect) in [(&clerk, "not-found"), (&stranger, "not-found")] {
            assert_eq!(
                key(imports::check(
                    app,
                    actor,
                    ImportKind::Unions,
                    &place.district.id,
                    "a.csv",
                    table.clone()
                )
                .await),
                expect
            );
            assert_eq!(key(imports::find(app, actor, &id).await), expect);
            assert_eq!(key(imports::confirm(app, actor, &id).await), expect);
            assert_eq!(
                key(
                    exports::export(app, actor, ImportKind::People, &place.district.id, None).await
                ),
                expect
            );
        }
        let own = imports::check(
            app,
            &clerk,
            ImportKind::Unions,
            &place.township.id,
            "a.csv",
            table,
        )
        .await;
        assert_eq!(key(own), "not-your-role");
    }
}

#[test]
fn a_table_that_is_none_is_refused_with_a_sentence() {
    let standards = Standards::of_one(changzhou());
    let check = |bytes: &[u8], name: &str, expect: &str| {
        assert_eq!(
            key(imports::read(
                &standards,
                2016,
                ImportKind::Unions,
                bytes,
                name
            )),
            expect,
            "{name}"
        );
    };
    check(b"", "a.csv", "import/empty");
    check(b"%PDF-1.7", "a.xlsx", "import/false-name");
    check(b"\x89PNG\r\n", "a.png", "import/not-a-table");
    check(
        "姓名,年龄\n张三,5\n".as_bytes(),
        "a.csv",
        "import/no-headings",
    );
    check(
        "工会名称,工会名称\n甲,乙\n".as_bytes(),
        "a.csv",
        "import/heading-twice",
    );
    check(
        "工会名称,上级工会\n\"甲,乙\n丙,丁\n".as_bytes(),
        "a.csv",
        "import/open-quote",
    );
    check(
        "上级工会,职工人数\n甲,5\n".as_bytes(),
        "a.csv",
        "import/headings-missing",
    );
    check(
        "工会名称,职工人数\n示例：甲,5\n".as_bytes(),
        "a.csv",
        "import/no-rows",
    );
    check(&vec![b'x'; 50 * 1024 * 1024], "a.csv", "import/too-large");
    let template = templates::template(standards.of(2016), 2016, ImportKind::Unions).unwrap();
    check(&template.bytes, "a.xlsx", "import/no-rows");
    let sheet = sheet::read(&template.bytes, "a.xlsx").unwrap();
    assert_eq!(sheet.rows.len(), 2);
}
