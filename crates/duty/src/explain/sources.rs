//! The act and section behind each rule, or that the municipality has judged it.
//!
//! Must name only what the rule rests on: the clauses of the child's own services stand in the step itself.

/// Where a rule comes from, bokmål; empty when its step cites the clauses itself.
pub(super) fn source(rule: &str) -> &'static str {
    match rule {
        "R-01" => "helse- og omsorgstjenesteloven § 3-4 første ledd og de tilsvarende bestemmelsene",
        "R-02" | "R-04" | "R-08" => "helse- og omsorgstjenesteloven § 3-4 annet ledd og de tilsvarende bestemmelsene",
        "R-03" => "helse- og omsorgstjenesteloven §§ 3-4 annet ledd og 7-2 a",
        "R-05" => "Helsedirektoratets veileder om samordningsplikten",
        "R-06" => "helse- og omsorgstjenesteloven § 7-2; virkningen for plikten er kommunens vurdering",
        "R-07" => "Helsedirektoratets veileder om samordningsplikten; kommunens vurdering",
        "R-09" => {
            "helse- og omsorgstjenesteloven § 3-4 annet ledd; frist og midlertidig ordning er kommunens vurdering"
        }
        "R-10" => "kommuneloven § 13-1",
        "R-11" => "helse- og omsorgstjenesteloven § 7-2 a, pasient- og brukerrettighetsloven § 2-5 c",
        "R-12" => "helse- og omsorgstjenesteloven § 7-3",
        "R-13" => "helse- og omsorgstjenesteloven § 7-2 a tredje ledd",
        "R-14" | "R-15" | "R-16" => "kommunens vurdering; loven sier ikke noe om det",
        "R-17" => "kommunens vurdering; om overgangen opplæringslova § 4-7 og barnehageloven § 2 a",
        "R-18" => "helse- og omsorgstjenesteloven § 3-1, barnevernsloven §§ 13-5, 15-4 og 15-5",
        "R-19" => "helse- og omsorgstjenesteloven § 7-2 a; familien har retten",
        "R-20" => "spesialisthelsetjenesteloven § 2-5 a",
        "R-21" => "forskrift om individuell plan §§ 5 til 9",
        "R-22" => "kommunens vurdering; i tvil består plikten",
        "R-23" => "kommuneloven § 25-1",
        "R-25" => "krisesenterlova §§ 4 og 5",
        "R-26" => "pasient- og brukerrettighetsloven §§ 3-1 og 4-4, barnelova § 31",
        _ => "",
    }
}
