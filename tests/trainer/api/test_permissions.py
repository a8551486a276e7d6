import openai
import pytest

from tests.trainer.api.asking import trained


def test_permissions_are_given_listed_and_taken_back(
    client: openai.OpenAI, training_file: str
) -> None:
    model = trained(client, training_file, hyperparameters={"n_epochs": 2})
    permissions = client.fine_tuning.checkpoints.permissions
    permissions.create(model, project_ids=["proj_a"])
    checkpoint = f"{model}:ckpt-step-2"
    made = permissions.create(checkpoint, project_ids=["proj_a", "proj_b", "proj_a"])
    assert [row.project_id for row in made] == ["proj_a", "proj_b"]
    again = permissions.create(checkpoint, project_ids=["proj_b"])
    assert [row.id for row in again] == [made.data[1].id]
    first, second = made.data
    listed = permissions.list(checkpoint, order="ascending", limit=1)
    assert [row.id for row in listed] == [first.id, second.id]
    assert [row.id for row in permissions.list(checkpoint)] == [second.id, first.id]
    assert [row.id for row in permissions.list(checkpoint, project_id="proj_a")] == [first.id]
    gone = permissions.delete(first.id, fine_tuned_model_checkpoint=checkpoint)
    assert (gone.deleted, gone.object) == (True, "checkpoint.permission")
    with pytest.raises(openai.NotFoundError):
        permissions.delete(first.id, fine_tuned_model_checkpoint=checkpoint)
    assert len(permissions.list(model).data) == 1


def test_a_deleted_model_s_permissions_go_with_it(
    client: openai.OpenAI, training_file: str
) -> None:
    model = trained(client, training_file, hyperparameters={"n_epochs": 1})
    permissions = client.fine_tuning.checkpoints.permissions
    permissions.create(model, project_ids=["proj_a"])
    client.models.delete(model)
    with pytest.raises(openai.NotFoundError) as caught:
        permissions.list(model)
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        permissions.create(model, project_ids=["proj_a"])


@pytest.mark.parametrize(
    ("order", "projects", "param"),
    [
        pytest.param("asc", ["p"], "order", id="an order of other lists"),
        pytest.param("ascending", [], "project_ids", id="no project"),
    ],
)
def test_bad_permissions_are_refused(
    client: openai.OpenAI, training_file: str, order: str, projects: list[str], param: str
) -> None:
    model = trained(client, training_file, hyperparameters={"n_epochs": 1})
    permissions = client.fine_tuning.checkpoints.permissions
    with pytest.raises(openai.BadRequestError) as caught:  # noqa: PT012 - one of the two fails
        permissions.create(model, project_ids=projects)
        permissions.list(model, extra_query={"order": order})
    assert caught.value.param == param
