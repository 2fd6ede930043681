using Skep.Engine.Requests;
using Skep.Engine.Routing;

namespace Skep.Engine.Metrics;

/// <summary>GET /metrics on the engine's own addresses, for whoever may use the API.</summary>
internal sealed class MetricsEndpoint(Func<MetricsSample> take)
{
    public void Add(RouteTable routes) => routes.Get("/metrics", AnswerAsync);

    private Task AnswerAsync(EngineRequest request) =>
        request.AnswerTextAsync(MetricsText.Write(take()), MetricsText.ContentType);
}
