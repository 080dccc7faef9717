"""Stories and bugs: from the backlog to done."""
