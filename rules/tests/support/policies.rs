//! The rule table as policies of two other engines: JSONLogic and Rego. Both read one document of facts and
//! parameters, in which sets are lists of numbers and what is not set is left out.

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use rules::kernel::{Described, Expr, Facts, Family, Kind, Parameters, Rule, Term, Values};
use rules::set::Coded;
use serde_json::{Value, json};

fn members(bits: i64) -> Value {
    (0..32).filter(|index| bits >> index & 1 == 1).collect()
}

/// A number of the kind as both engines read it.
fn encoded(kind: Kind, number: i64) -> Value {
    if let Kind::Set(_) = kind { members(number) } else { json!(number) }
}

/// What both engines are asked about.
pub fn document<F: Family>(facts: &Facts<F>, parameters: &Parameters<F>) -> Value {
    let known = F::Fact::ALL.iter().filter_map(|fact| Some((*fact, facts.get(*fact).ok()?)));
    let facts: serde_json::Map<_, _> =
        known.map(|(fact, value)| (fact.code().to_owned(), encoded(fact.kind(), value))).collect();
    let all = F::Parameter::ALL.iter();
    let set = all.filter_map(|parameter| Some((*parameter, parameters.number(*parameter)?)));
    let parameters: serde_json::Map<_, _> = set
        .map(|(parameter, value)| {
            let value = match parameter.kind() {
                Kind::PlatePrefixes => json!(parameters.list(parameter)),
                kind => encoded(kind, value),
            };
            (parameter.code().to_owned(), value)
        })
        .collect();
    json!({ "facts": facts, "parameters": parameters })
}

/// A list with one expression per rule: whether it refuses.
pub fn json_logic<F: Family>() -> Value {
    F::RULES
        .iter()
        .map(|rule| json!({ "and": [logic(&rule.applies), { "!": [logic(&rule.passes)] }] }))
        .collect()
}

fn fact(fact: impl Coded) -> Value {
    json!({ "var": format!("facts.{}", fact.code()) })
}

fn parameter(parameter: impl Coded) -> Value {
    json!({ "var": format!("parameters.{}", parameter.code()) })
}

fn term<F: Family>(term: Term<F>) -> Value {
    match term {
        Term::Const(number) => json!(number),
        Term::Fact(of) => fact(of),
        Term::Parameter(set) => parameter(set),
        Term::Sum(parts) => json!({ "+": parts.iter().map(|part| fact(*part)).collect::<Vec<_>>() }),
    }
}

fn logic<F: Family>(expression: &Expr<F>) -> Value {
    let list = |parts: &[Expr<F>]| parts.iter().map(logic).collect::<Vec<_>>();
    match *expression {
        Expr::Always => json!(true),
        Expr::Is(of) => json!({ "!==": [fact(of), 0] }),
        Expr::Not(of) => json!({ "===": [fact(of), 0] }),
        Expr::Equals(of, number) => json!({ "===": [fact(of), number] }),
        Expr::NotEqual(of, number) => json!({ "!==": [fact(of), number] }),
        Expr::AtMost(left, right) => json!({ "<=": [term(left), term(right)] }),
        Expr::Less(left, right) => json!({ "<": [term(left), term(right)] }),
        Expr::IsSet(set) => json!({ "!==": [parameter(set), null] }),
        Expr::IsUnset(set) => json!({ "===": [parameter(set), null] }),
        Expr::In(of, set) | Expr::Listed(of, set) => json!({ "in": [fact(of), parameter(set)] }),
        Expr::Disjoint(of, set) => json!({ "!": [common(of, set)] }),
        Expr::Intersects(of, set) => common(of, set),
        Expr::Without(of, bits) => {
            let codes = (0..32).filter(|index| bits >> index & 1 == 1);
            json!({ "!": [{ "or": codes.map(|code| json!({ "in": [code, fact(of)] })).collect::<Vec<_>>() }] })
        }
        Expr::All(parts) => json!({ "and": list(parts) }),
        Expr::Any(parts) => json!({ "or": list(parts) }),
    }
}

/// Some code stands in both.
fn common(of: impl Coded, set: impl Coded) -> Value {
    let both = |code| json!({ "and": [{ "in": [code, fact(of)] }, { "in": [code, parameter(set)] }] });
    json!({ "or": (0..32).map(both).collect::<Vec<_>>() })
}

/// A module whose `data.lutong.refused` is the set of the identifiers of the refusing rules.
fn rego<F: Family>() -> String {
    let mut module = Rego { text: "package lutong\n\nimport rego.v1\n".into(), rules: 0 };
    for Rule { id, applies, passes, .. } in F::RULES {
        let (applies, passes) = (module.rule(applies), module.rule(passes));
        module.line(&format!("refused contains \"{}\" if {{ {applies}; not {passes} }}", id.code()));
    }
    module.text
}

/// The module compiled for regorus's bytecode machine.
pub fn rego_machine<F: Family>() -> RegoVM {
    const REFUSED: &str = "data.lutong.refused";
    let mut engine = regorus::Engine::new();
    engine.add_policy("rules.rego".into(), rego::<F>()).expect("Rego");
    let policy = engine.compile_with_entrypoint(&REFUSED.into()).expect("a rule");
    let program = Compiler::compile_from_policy(&policy, &[REFUSED]).expect("a program");
    let mut machine = RegoVM::new();
    machine.load_program(program);
    machine
}

struct Rego {
    text: String,
    rules: usize,
}

impl Rego {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Writes the predicate as a rule and gives its name.
    fn rule<F: Family>(&mut self, expression: &Expr<F>) -> String {
        let bodies = match expression {
            Expr::Any(parts) => parts.iter().map(|part| self.body(part)).collect(),
            other => vec![self.body(other)],
        };
        self.rules += 1;
        let name = format!("p{}", self.rules);
        for body in bodies {
            self.line(&format!("{name} if {{ {body} }}"));
        }
        name
    }

    fn body<F: Family>(&mut self, expression: &Expr<F>) -> String {
        match *expression {
            Expr::Always => "true".into(),
            Expr::Is(of) => format!("{} != 0", rego_fact(of)),
            Expr::Not(of) => format!("{} == 0", rego_fact(of)),
            Expr::Equals(of, number) => format!("{} == {number}", rego_fact(of)),
            Expr::NotEqual(of, number) => format!("{} != {number}", rego_fact(of)),
            Expr::AtMost(left, right) => format!("{} <= {}", rego_term(left), rego_term(right)),
            Expr::Less(left, right) => format!("{} < {}", rego_term(left), rego_term(right)),
            Expr::IsSet(set) => rego_parameter(set),
            Expr::IsUnset(set) => format!("not {}", rego_parameter(set)),
            Expr::In(of, set) | Expr::Listed(of, set) => {
                format!("{} in {}", rego_fact(of), rego_parameter(set))
            }
            Expr::Disjoint(of, set) => format!("{} == 0", rego_common(of, set)),
            Expr::Intersects(of, set) => format!("{} != 0", rego_common(of, set)),
            Expr::Without(of, bits) => {
                format!("count([code | some code in {}; code in {}]) == 0", rego_fact(of), members(bits))
            }
            Expr::All(parts) => {
                let names: Vec<_> = parts.iter().map(|part| self.rule(part)).collect();
                names.join("; ")
            }
            Expr::Any(_) => self.rule(expression),
        }
    }
}

/// How many codes stand in both.
fn rego_common(of: impl Coded, set: impl Coded) -> String {
    format!("count([code | some code in {}; code in {}])", rego_fact(of), rego_parameter(set))
}

fn rego_fact(fact: impl Coded) -> String {
    format!("input.facts[\"{}\"]", fact.code())
}

fn rego_parameter(parameter: impl Coded) -> String {
    format!("input.parameters[\"{}\"]", parameter.code())
}

fn rego_term<F: Family>(term: Term<F>) -> String {
    match term {
        Term::Const(number) => number.to_string(),
        Term::Fact(of) => rego_fact(of),
        Term::Parameter(set) => rego_parameter(set),
        Term::Sum(parts) => parts.iter().map(|part| rego_fact(*part)).collect::<Vec<_>>().join(" + "),
    }
}
