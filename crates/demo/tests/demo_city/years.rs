//! What the city does besides judging and naming, in each of five years.

use jianjia_demo::testing::making::demo_city;
use jiff::civil::date;

use crate::found;

const ALL: [&str; 5] = ["2016", "2017", "2018", "2019", "2020"];

#[tokio::test]
async fn each_year_has_its_lists_notices_objections_and_checks() {
    let city = demo_city(date(2020, 12, 31)).await;
    let of = async |sql: &str| found(&city, sql).await;
    for table in ["department_list", "department_answer", "spot_check"] {
        let years = format!("SELECT DISTINCT CAST(year AS TEXT) FROM {table} ORDER BY 1");
        assert_eq!(of(&years).await, ALL, "{table}");
    }
    let silent = "SELECT DISTINCT CAST(year AS TEXT) || ' ' || department FROM department_asked WHERE answer_id = '' ORDER BY 1";
    assert_eq!(
        of(silent).await,
        ALL.map(|year| format!("{year} petitions"))
    );
    let outcomes = "SELECT DISTINCT outcome FROM veto_entry ORDER BY outcome";
    assert_eq!(of(outcomes).await, ["lifted", "upheld"]);
    let lifted = "SELECT DISTINCT CAST(year AS TEXT) FROM veto_entry WHERE outcome = 'lifted'";
    assert!(of(lifted).await.len() > 2);
    // What is upheld is on record as a veto.
    let without = "SELECT id FROM veto_entry WHERE outcome = 'upheld' AND veto_id NOT IN (SELECT id FROM veto)";
    assert_eq!(of(without).await, [""; 0]);

    let shown = of("SELECT DISTINCT CAST(year AS TEXT) FROM publication ORDER BY 1").await;
    assert!(shown.len() > 2, "{shown:?}");
    let answered = "SELECT DISTINCT CAST(publication.year AS TEXT)
                    FROM objection
                    JOIN publication ON publication.id = objection.publication_id
                    WHERE objection.answered_at <> ''
                    ORDER BY 1";
    assert_eq!(of(answered).await, shown);
    let moved = "SELECT DISTINCT CAST(year AS TEXT) FROM quota_move";
    assert!(!of(moved).await.is_empty());

    // The visits of a year are made in the next.
    let visited = "SELECT DISTINCT CAST(year AS TEXT) FROM visit WHERE colour <> '' ORDER BY 1";
    assert_eq!(of(visited).await, ALL[..4]);
    let states = of("SELECT DISTINCT state FROM visit").await;
    for state in ["drawn", "closed", "hearing", "mended", "withdrawn"] {
        assert!(
            states.iter().any(|known| known == state),
            "{state}: {states:?}"
        );
    }
}

#[tokio::test]
async fn each_year_has_its_subsidies_in_all_combinations_with_what_became_of_them() {
    let city = demo_city(date(2020, 12, 31)).await;
    let of = async |sql: &str| found(&city, sql).await;
    for table in ["subsidy_base", "subsidy_reckoning", "subsidy"] {
        let years = format!("SELECT DISTINCT CAST(year AS TEXT) FROM {table} ORDER BY 1");
        assert_eq!(of(&years).await, ALL, "{table}");
    }
    let effects = of("SELECT DISTINCT effect FROM subsidy ORDER BY effect").await;
    for effect in ["increase", "plain"] {
        assert!(effects.iter().any(|known| known == effect), "{effects:?}");
    }
    // Found short as a spot check of a village came to: then all four are there.
    let short = of("SELECT DISTINCT clause FROM check_effect WHERE clause = 'R4'").await;
    if !short.is_empty() {
        assert!(effects.iter().any(|known| known == "cut"), "{effects:?}");
    }
    // Whose title was lost in mid-year has a result beside the first one.
    let halves = of("SELECT sum_zh FROM subsidy WHERE year = 2018 AND replaced_by = '' AND sum_zh LIKE '%6/12%'").await;
    assert!(!halves.is_empty());
    let replaced =
        of("SELECT DISTINCT CAST(year AS TEXT) FROM subsidy WHERE replaced_by <> ''").await;
    assert!(replaced.contains(&"2018".to_owned()), "{replaced:?}");
    let schemes = of("SELECT DISTINCT scheme FROM subsidy ORDER BY scheme").await;
    assert_eq!(schemes, ["city", "jintan", "liyang", "wujin"]);
}
